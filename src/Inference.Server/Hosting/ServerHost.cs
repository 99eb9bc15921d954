using Inference.Server.Admission;
using Inference.Server.Endpoints;
using Inference.Server.Errors;
using Inference.Server.Metrics;
using Inference.Server.Options;
using Inference.Server.Serving;
using Microsoft.Extensions.Logging.Console;

namespace Inference.Server.Hosting;

/// <summary>The composition root: what the server is made of, in the order a request meets it.</summary>
internal static class ServerHost
{
    // Beyond the drain: answers that are written but not yet read, and closing.
    private static readonly TimeSpan ShutdownSlack = TimeSpan.FromSeconds(5);

    /// <summary>Builds a server that is ready to start.</summary>
    /// <param name="options">Checked.</param>
    /// <param name="models">At least one; the server disposes of their executors.</param>
    /// <param name="settings">Configuration of logging.</param>
    /// <param name="time">Null: the system's.</param>
    public static WebApplication Build(ServerOptions options, LoadedModels models, IConfiguration settings, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateSlimBuilder();

        // The options were read by our own rules; nothing else (ASPNETCORE_URLS, say) may change what is served.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(settings);
        builder.AddConsoleLogging();
        builder.WebHost.ConfigureKestrel(kestrel => KestrelSetup.Configure(kestrel, options));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout + ShutdownSlack);
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);

        builder.Services
            .AddModels(options, models, time ?? TimeProvider.System)
            .AddStorage()
            .AddEndpoints()
            .AddServerMetrics()
            .AddTelemetry(options)
            .AddOrigins(options);

        var app = builder.Build();
        app.UseMiddleware<RequestIdMiddleware>();
        app.UseMiddleware<HttpMetricsMiddleware>();
        app.UseMiddleware<ErrorMiddleware>();
        if (!options.AllowedOrigins.IsEmpty)
        {
            // A browser asks before it sends, without the key that it is going to send.
            app.UseCors();
        }

        app.UseMiddleware<ApiKeyMiddleware>();
        app.MapInference();
        return app;
    }

    // Standard output is for what a person asked for; logs go to standard error.
    private static void AddConsoleLogging(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();

        // A start that fails is told in one line by the process; the host would add a stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd HH:mm:ss ";
        });
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
