using System.Threading.Channels;
using Inference.Engine;
using Inference.Engine.Requests;

namespace Inference.Testing;

/// <summary>All events of a request.</summary>
/// <param name="Tokens">The generated tokens.</param>
/// <param name="Outcome">The terminal event's.</param>
public sealed record CollectedResponse(IReadOnlyList<TokenEvent> Tokens, RequestOutcome Outcome)
{
    /// <summary>The generated tokens' ids.</summary>
    public IReadOnlyList<int> TokenIds => [.. Tokens.Select(token => token.TokenId)];

    /// <summary>Reads a request's events to their end.</summary>
    /// <exception cref="InvalidOperationException">There was not exactly one terminal event, at the end.</exception>
    public static Task<CollectedResponse> ReadAsync(RequestStream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ReadAsync(stream.Events, cancellationToken);
    }

    /// <inheritdoc cref="ReadAsync(RequestStream, CancellationToken)"/>
    public static async Task<CollectedResponse> ReadAsync(ChannelReader<TokenEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        var all = new List<TokenEvent>();
        await foreach (var tokenEvent in events.ReadAllAsync(cancellationToken))
            all.Add(tokenEvent);
        var terminal = all.Count(tokenEvent => tokenEvent.IsTerminal);
        if (terminal != 1 || !all[^1].IsTerminal)
            throw new InvalidOperationException($"{terminal} terminal events among {all.Count}, instead of one at the end.");
        return new CollectedResponse(all[..^1], all[^1].Outcome!);
    }
}
