using System.Globalization;
using Inference.Server.Errors;

namespace Inference.Server.Validation;

/// <summary>Ranges of request fields. Every message names the field and never repeats text that the client sent.</summary>
internal static class Check
{
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
        // As a float: what is 0 then is not greater than 0.
        var actual = value ?? otherwise;
        return (float)actual > 0 && actual <= max
            ? (float)actual
            : throw ApiErrors.Invalid(param, Invariant($"'{param}' must be greater than 0 and at most {max}, not {actual}."));
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
