using System.Globalization;
using Inference.Models.Graphs;

namespace Inference.Models.GenAi;

/// <summary>
/// The tables of a package's attention nodes in the form of <see cref="GraphContract.PagedAttention"/>: as wide as half a head, with
/// pairs that stand still behind those that turn.
/// </summary>
internal sealed class RotaryTables(GraphEdit edit, int positions, int half)
{
    private readonly Dictionary<(string Cos, string Sin), RotaryTablePair> _tables = [];

    /// <summary>How many positions are asked for, or rows of the shortest tables if they have fewer.</summary>
    public int Positions => _tables.Values.Aggregate(positions, (least, tables) => Math.Min(least, tables.Rows));

    /// <summary>A node's tables; what they need is appended to the graph.</summary>
    /// <exception cref="ModelFormatException">The node's tables are no tables of constants, or are too wide.</exception>
    public RotaryTablePair Of(AttentionNode node)
    {
        var key = node.HasRotary ? (node.Cos, node.Sin) : ("", "");
        if (!_tables.TryGetValue(key, out var tables))
        {
            var name = GraphEdit.NameOf(string.Create(CultureInfo.InvariantCulture, $"rotary.{_tables.Count}"));
            tables = node.HasRotary ? Padded(node, name) : Still(name);
            _tables.Add(key, tables);
        }

        return tables with { IsInterleaved = node.HasRotary && node.IsInterleaved };
    }

    private RotaryTablePair Padded(AttentionNode node, string name)
    {
        var (rows, pairs) = SizeOf(node.Cos) is { } size && SizeOf(node.Sin) == size
            ? size
            : throw node.Error("has rotary tables that are no constants of one shape");
        if (rows < 1 || pairs < 1 || pairs > half)
        {
            throw node.Error($"has rotary tables of [{rows}, {pairs}] for heads of {2 * half}");
        }

        var (cos, sin) = pairs == half
            ? (node.Cos, node.Sin)
            : (Pad(name + ".cos", node.Cos, rows, half - pairs, 1), Pad(name + ".sin", node.Sin, rows, half - pairs, 0));
        return new RotaryTablePair(cos, sin, (int)Math.Min(rows, int.MaxValue), (int)pairs, half);
    }

    private RotaryTablePair Still(string name) =>
        new(Filled(name + ".cos", positions, half, 1), Filled(name + ".sin", positions, half, 0), positions, half, half);

    private string Pad(string name, string table, long rows, long columns, float value) =>
        edit.Add(Operator.Concat, name, [table, Filled(name + ".rest", rows, columns, value)], OnnxAttribute.Int("axis", 1));

    private string Filled(string name, long rows, long columns, float value) =>
        edit.Add(Operator.ConstantOfShape, name, [edit.Integers(name + ".shape", rows, columns)], OnnxAttribute.Tensor("value", value));

    private (long Rows, long Columns)? SizeOf(string value) =>
        edit.ConstantOf(value) is { Dims: [var rows, var columns] } ? (rows, columns) : null;
}
