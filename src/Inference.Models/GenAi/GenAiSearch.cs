namespace Inference.Models.GenAi;

/// <summary>The section <c>search</c> of genai_config.json; null where it says nothing.</summary>
public sealed record GenAiSearch
{
    /// <summary>Whether tokens are drawn; if not, the likeliest one follows.</summary>
    public bool? DoSample { get; init; }

    /// <summary>0 or more.</summary>
    public double? Temperature { get; init; }

    /// <summary>0 keeps all.</summary>
    public int? TopK { get; init; }

    /// <summary>Range (0, 1].</summary>
    public double? TopP { get; init; }

    /// <summary>Greater than 0.</summary>
    public double? RepetitionPenalty { get; init; }
}
