namespace Inference.Server.Serving;

/// <summary>What a model's generation_config.json recommends; null where it says nothing. A request's own values win.</summary>
internal sealed record SamplingDefaults
{
    /// <summary>Nothing recommended.</summary>
    public static SamplingDefaults None { get; } = new();

    /// <summary>Range [0, 2].</summary>
    public double? Temperature { get; init; }

    /// <summary>Range (0, 1].</summary>
    public double? TopP { get; init; }

    /// <summary>0 keeps all.</summary>
    public int? TopK { get; init; }

    /// <summary>Range [0, 1].</summary>
    public double? MinP { get; init; }

    /// <summary>Greater than 0.</summary>
    public double? RepetitionPenalty { get; init; }
}
