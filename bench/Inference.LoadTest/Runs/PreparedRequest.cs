using Inference.LoadTest.Data;

namespace Inference.LoadTest.Runs;

/// <summary>A conversation whose first request is ready to be sent.</summary>
internal sealed record PreparedRequest(int Index, Conversation Conversation, RequestSpec First, ReadOnlyMemory<byte> Body);
