using System.Text.Json;

namespace Inference.Simulation.Costs;

/// <summary>How long a step takes: a sum of what it computes, each times a coefficient in microseconds, none of them negative.</summary>
/// <param name="Source">What was measured, and on what.</param>
/// <param name="PerStep">Of any step.</param>
/// <param name="PerToken">Of a token: the products with the weights.</param>
/// <param name="PerRow">Of a row of logits: the head, and the choice of a token.</param>
/// <param name="PerContextToken">Of a token whose keys and values are read.</param>
/// <param name="PerPair">Of a pair of a query and a key.</param>
public sealed record CostModel(string Source, double PerStep, double PerToken, double PerRow, double PerContextToken, double PerPair)
{
    private static readonly JsonSerializerOptions Form = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>Steps that take no time at all.</summary>
    public static CostModel Free { get; } = new("nothing", 0, 0, 0, 0, 0);

    /// <summary>Of the default model, measured: see README.md.</summary>
    public static CostModel Default
    {
        get
        {
            using var stream = typeof(CostModel).Assembly.GetManifestResourceStream("default.json")!;
            return Parse(stream);
        }
    }

    /// <summary>Reads a file that <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">The file is not a cost model; the message names it.</exception>
    public static CostModel Read(string path)
    {
        using var stream = File.OpenRead(path);
        try
        {
            return Parse(stream);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw new FormatException($"{path} is no cost model: {exception.Message}", exception);
        }
    }

    /// <summary>The time of a step.</summary>
    public TimeSpan Of(in StepFeatures step) => TimeSpan.FromTicks((long)(Microseconds(step) * TimeSpan.TicksPerMicrosecond));

    /// <summary>As JSON.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, Form);

    private double Microseconds(in StepFeatures step) =>
        PerStep + PerToken * step.Tokens + PerRow * step.Rows + PerContextToken * step.Context + PerPair * step.Pairs;

    private static CostModel Parse(Stream stream)
    {
        var model = JsonSerializer.Deserialize<CostModel>(stream, Form) ?? throw new FormatException("It is null.");
        double[] coefficients = [model.PerStep, model.PerToken, model.PerRow, model.PerContextToken, model.PerPair];
        return coefficients.All(value => value >= 0) ? model : throw new FormatException("A coefficient is negative.");
    }
}
