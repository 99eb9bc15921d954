using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>The body of POST /score: texts to compare with texts, under any of the names that they go by.</summary>
public sealed record ScoreRequest : PoolingRequestBody
{
    /// <summary>One text, or as many as there are in <see cref="Text2"/>.</summary>
    [JsonPropertyName("text_1")]
    public Prompt? Text1 { get; init; }

    /// <summary>The texts to compare with.</summary>
    [JsonPropertyName("text_2")]
    public Prompt? Text2 { get; init; }

    /// <summary>Another name of <see cref="Text1"/>.</summary>
    [JsonPropertyName("data_1")]
    public Prompt? Data1 { get; init; }

    /// <summary>Another name of <see cref="Text2"/>.</summary>
    [JsonPropertyName("data_2")]
    public Prompt? Data2 { get; init; }

    /// <summary>Another name of <see cref="Text1"/>.</summary>
    public Prompt? Queries { get; init; }

    /// <summary>Another name of <see cref="Text2"/>.</summary>
    public Prompt? Items { get; init; }

    /// <summary>Another name of <see cref="Text2"/>.</summary>
    public Prompt? Documents { get; init; }
}
