using System.Collections.Immutable;
using Inference.Engine;
using Inference.Server.Validation;
using Inference.Tokenization;

namespace Inference.Server.Serving;

/// <summary>A model of any kind, as far as the host's life and the list of models go.</summary>
internal interface IServedModel : IAsyncDisposable
{
    /// <summary>The names that requests may use.</summary>
    ImmutableArray<string> Names { get; }

    /// <summary>When the server loaded it.</summary>
    DateTimeOffset LoadedAt { get; }

    /// <summary>The most tokens of one request, or of one text.</summary>
    int MaxModelLength { get; }

    /// <summary>Text to tokens and back.</summary>
    Tokenizer Tokenizer { get; }

    /// <summary>Prompts to tokens.</summary>
    PromptEncoder Encoder { get; }

    /// <summary>How full its engine is.</summary>
    EngineStatus Status { get; }

    /// <summary>Whether its engine has ended, which it does not by itself unless it fails or the server stops.</summary>
    bool HasEnded { get; }

    /// <summary>Whether as much waits as may.</summary>
    bool IsFull { get; }

    /// <summary>Starts its engine.</summary>
    void Start();

    /// <summary>Takes no more requests, waits for those there are, and cancels what is left when the limit is over.</summary>
    /// <returns>True when every request ended by itself.</returns>
    Task<bool> DrainAsync(TimeSpan limit, CancellationToken cancellationToken);
}
