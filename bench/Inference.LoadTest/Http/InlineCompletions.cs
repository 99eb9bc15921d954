using System.Diagnostics;

namespace Inference.LoadTest.Http;

/// <summary>
/// Lets what a connection brought be read by the thread that waits for all connections. Events of a stream are little work each, and to
/// wake another thread for every one of them takes more of the processor than the events do. What is more than a little must leave that thread.
/// </summary>
internal static class InlineCompletions
{
    /// <summary>Read by System.Net.Sockets, once, when the first socket is made; there is no other way to say it.</summary>
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>For this process, before it has a socket.</summary>
    public static void Enable() => Environment.SetEnvironmentVariable(Variable, "1");

    /// <summary>A process to be measured is as it would be without this one.</summary>
    public static void LeaveOut(ProcessStartInfo start) => start.Environment.Remove(Variable);
}
