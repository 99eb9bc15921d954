namespace Inference.LoadTest.Measures;

/// <summary>The parts of a request's time over HTTP, one after another, in milliseconds.</summary>
/// <param name="Blocked">Until the body goes out: waiting for a connection, and making it.</param>
/// <param name="Connecting">Making it alone, DNS included; of requests that made one.</param>
/// <param name="Sending">The body.</param>
/// <param name="Waiting">For the response's headers.</param>
/// <param name="Receiving">From the headers to the end.</param>
internal sealed record PhaseTimes(Distribution Blocked, Distribution Connecting, Distribution Sending, Distribution Waiting, Distribution Receiving);
