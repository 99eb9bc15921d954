using System.Collections.Frozen;
using System.Collections.Immutable;
using Inference.Engine.Execution;
using Inference.Tokenization;
using Inference.Tokenization.ChatTemplates;

namespace Inference.Server.Serving;

/// <summary>The model as the HTTP side knows it. Immutable.</summary>
internal sealed record ServedModel
{
    /// <summary>The names that requests may use; the first is the one that answers carry when a request names none.</summary>
    public required ImmutableArray<string> Names { get; init; }

    /// <summary>Text to tokens and back.</summary>
    public required Tokenizer Tokenizer { get; init; }

    /// <summary>Messages to text; null when the model has no template, and so no chat.</summary>
    public ChatTemplate? ChatTemplate { get; init; }

    /// <summary>How the model writes tool calls and reasoning, and how its template takes them back.</summary>
    public ChatTraits Traits { get; init; } = ChatTraits.None;

    /// <summary>What the template sees as bos_token.</summary>
    public string? BosToken { get; init; }

    /// <summary>What the template sees as eos_token.</summary>
    public string? EosToken { get; init; }

    /// <summary>How to ask for text between two others; null when the model cannot be asked.</summary>
    public FillInMiddle? FillInMiddle { get; init; }

    /// <summary>Names the model, how it is run, and the server's version, as the field system_fingerprint does.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>The tokens that end a text unless a request ignores them.</summary>
    public required FrozenSet<int> EosTokenIds { get; init; }

    /// <summary>The sizes that requests must respect.</summary>
    public required ModelLimits Limits { get; init; }

    /// <summary>What the model's makers recommend.</summary>
    public SamplingDefaults Defaults { get; init; } = SamplingDefaults.None;

    /// <summary>This model, bounded to requests that fit into the whole KV cache: a longer one could never end.</summary>
    public ServedModel WithinCache() => this with
    {
        Limits = Limits with { MaxModelLength = (int)Math.Min(Limits.MaxModelLength, (long)Limits.BlockCount * Limits.BlockSize) },
    };

    /// <summary>When the server loaded it.</summary>
    public required DateTimeOffset LoadedAt { get; init; }
}
