using System.Net;
using Inference.Server.Options;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Inference.Server.Hosting;

/// <summary>Where Kestrel listens, and what it puts up with.</summary>
internal static class KestrelSetup
{
    /// <summary>Applies the limits and the address.</summary>
    public static void Configure(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MaxBodySize;
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        Listen(kestrel, options);
    }

    private static void Listen(KestrelServerOptions kestrel, ServerOptions options)
    {
        switch (options.Host)
        {
            case "*":
                kestrel.ListenAnyIP(options.Port);
                break;

            // A free port cannot be asked for on two addresses at once: then only IPv4 is listened on.
            case "localhost" when options.Port != 0:
                kestrel.ListenLocalhost(options.Port);
                break;
            case "localhost":
                kestrel.Listen(IPAddress.Loopback, 0);
                break;
            default:
                kestrel.Listen(IPAddress.Parse(options.Host), options.Port);
                break;
        }
    }
}
