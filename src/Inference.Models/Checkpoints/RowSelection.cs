namespace Inference.Models.Checkpoints;

/// <summary>Rows of a stored tensor in an order of their own.</summary>
/// <param name="Count">How many.</param>
/// <param name="Total">How many the stored tensor has.</param>
/// <param name="StoredRow">The stored row of each, from 0 to <paramref name="Total"/> - 1.</param>
internal sealed record RowSelection(long Count, long Total, Func<long, long> StoredRow)
{
    /// <summary>Neighbouring rows.</summary>
    public static RowSelection Slice(long first, long count, long total) => new(count, total, row => first + row);

    /// <summary>These rows, taken in the order of others.</summary>
    /// <param name="order">Which rows of this selection.</param>
    public RowSelection Then(RowSelection order) => new(order.Count, Total, row => StoredRow(order.StoredRow(row)));
}
