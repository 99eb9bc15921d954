using System.Globalization;
using Inference.Server.Errors;
using Inference.Server.Serving;

namespace Inference.Server.Validation;

/// <summary>Ranges of request fields. Every message names the field and never repeats text that the client sent.</summary>
internal static class Check
{
    private const int MaxNameLength = 128;

    /// <summary>A value in [<paramref name="min"/>, <paramref name="max"/>], or <paramref name="otherwise"/> when it was not sent.</summary>
    public static int Range(string param, int? value, int otherwise, int min, int max)
    {
        var actual = value ?? otherwise;
        return actual >= min && actual <= max
            ? actual
            : throw ApiErrors.Invalid(param, Invariant($"'{param}' must be from {min} to {max}, not {actual}."));
    }

    /// <summary>A value in [<paramref name="min"/>, <paramref name="max"/>], or <paramref name="otherwise"/> when it was not sent.</summary>
    public static float Range(string param, double? value, double otherwise, double min, double max)
    {
        var actual = value ?? otherwise;
        return actual >= min && actual <= max
            ? (float)actual
            : throw ApiErrors.Invalid(param, Invariant($"'{param}' must be from {min} to {max}, not {actual}."));
    }

    /// <summary>A value in (0, <paramref name="max"/>], or <paramref name="otherwise"/> when it was not sent.</summary>
    public static float Positive(string param, double? value, double otherwise, double max)
    {
        var actual = value ?? otherwise;
        return actual > 0 && actual <= max
            ? (float)actual
            : throw ApiErrors.Invalid(param, Invariant($"'{param}' must be greater than 0 and at most {max}, not {actual}."));
    }

    /// <summary>Refuses the name of a model that is not served; null is the default model's.</summary>
    public static void Model(string? name, ServedModel model)
    {
        if (name is not null && !model.Names.Contains(name))
        {
            throw ApiErrors.ModelNotFound(name.Length <= MaxNameLength ? name : name[..MaxNameLength] + "…");
        }
    }

    /// <summary>Refuses a field that would change the answer in a way this server cannot.</summary>
    public static void NotSupported(string param, bool isUsed)
    {
        if (isUsed)
        {
            throw ApiErrors.Invalid(param, $"'{param}' is not supported by this server.", "unsupported_parameter");
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
