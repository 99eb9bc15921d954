using System.Globalization;
using Inference.Server.Errors;
using Inference.Server.Validation;

namespace Inference.Server.Storage;

/// <summary>The query of a list: <c>limit</c>, <c>order</c> and <c>after</c>.</summary>
/// <param name="Limit">The most items.</param>
/// <param name="IsAscending">Whether the oldest comes first.</param>
/// <param name="After">The id of the item before the first; null: from the beginning.</param>
internal sealed record Paging(int Limit, bool IsAscending, string? After)
{
    /// <summary>Reads the query.</summary>
    /// <exception cref="ApiException">400 that names the parameter.</exception>
    public static Paging Read(HttpRequest request, int defaultLimit, int maxLimit)
    {
        var query = request.Query;
        int? limit = null;
        if (query.TryGetValue("limit", out var text))
        {
            limit = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw ApiErrors.Invalid("limit", "'limit' must be a whole number.");
        }

        var isAscending = query["order"].ToString() switch
        {
            "asc" => true,
            "desc" or "" => false,
            _ => throw ApiErrors.Invalid("order", "'order' must be \"asc\" or \"desc\"."),
        };
        return new Paging(Check.Range("limit", limit, defaultLimit, 1, maxLimit), isAscending, query["after"].ToString() is { Length: > 0 } after ? after : null);
    }
}
