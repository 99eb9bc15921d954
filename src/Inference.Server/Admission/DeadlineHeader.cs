using System.Globalization;
using Inference.Server.Errors;
using Inference.Server.Validation;

namespace Inference.Server.Admission;

/// <summary>
/// The time a request has to begin, from whoever cannot or will not touch its body: a gateway. Where the body has a <c>deadline</c> as well,
/// the earlier one holds.
/// </summary>
internal static class DeadlineHeader
{
    /// <summary>Its value is in whole milliseconds from the request's arrival here.</summary>
    public const string Name = "X-Request-Deadline-Ms";

    private const int MaxMilliseconds = 86_400_000;

    /// <summary>The generation with the deadline that its request's header asks for.</summary>
    /// <exception cref="ApiException">400: the header is not such a number.</exception>
    public static Generation Apply(HttpRequest request, Generation generation)
    {
        if (Read(request) is not { } deadline)
        {
            return generation;
        }

        return generation with
        {
            Choices = [.. generation.Choices.Select(choice => choice.Deadline <= deadline ? choice : choice with { Deadline = deadline })],
        };
    }

    /// <summary>The deadline that a request's header asks for; null for none.</summary>
    /// <exception cref="ApiException">400: the header is not such a number.</exception>
    public static TimeSpan? Read(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(Name, out var value))
        {
            return null;
        }

        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) || milliseconds is 0 or > MaxMilliseconds)
        {
            throw ApiErrors.Invalid(Name, $"The header '{Name}' must be a number of milliseconds from 1 to {MaxMilliseconds}.");
        }

        return TimeSpan.FromMilliseconds(milliseconds);
    }
}
