using Inference.Tokenization.ChatTemplates.Library;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Runtime;

/// <summary>Attributes and items, with the sandbox's rule that nothing which changes a value can be reached.</summary>
internal static class Members
{
    /// <summary><c>value.name</c>: attribute, then item.</summary>
    public static object? GetAttribute(object? value, string name)
    {
        if (value is Undefined undefined)
        {
            throw undefined.Fault();
        }

        return TryAttribute(value, name, out var found) || (value is DictValue dict && dict.TryGet(name, out found))
            ? found
            : NoAttribute(value, name);
    }

    /// <summary><c>value[index]</c>: item, then attribute.</summary>
    public static object? GetItem(RenderContext context, object? value, object? index)
    {
        if (index is SliceValue slice)
        {
            return GetSlice(context, value, slice);
        }

        context.ChargeKey(index);
        switch (value)
        {
            case Undefined undefined:
                throw undefined.Fault();
            case DictValue dict when dict.TryGet(index, out var item):
                return item;
            case string text when Numbers.IsInteger(index) && CodePoints.At(context, text, Numbers.Saturate(index)) is { } character:
                return character;
            case SequenceValue and not ViewValue when Numbers.IsInteger(index):
                var items = ((SequenceValue)value).Items;
                var at = Numbers.Saturate(index);
                at += at < 0 ? items.Count : 0;
                return at >= 0 && at < items.Count ? items[(int)at] : NoElement(context, value, index);
        }

        return index is string name ? GetOwnAttribute(value, name) : NoElement(context, value, index);
    }

    /// <summary>The attribute alone, not the item.</summary>
    public static object? GetOwnAttribute(object? value, string name)
    {
        if (value is Undefined undefined)
        {
            throw undefined.Fault();
        }

        return TryAttribute(value, name, out var attribute) ? attribute : NoAttribute(value, name);
    }

    private static object? GetSlice(RenderContext context, object? value, SliceValue slice)
    {
        switch (value)
        {
            case Undefined undefined:
                throw undefined.Fault();
            case string text:
                return CodePoints.Slice(context, text, slice);
            case RangeValue range:
                var (rangeFirst, rangeCount, rangeStep) = SliceRange.Of(slice, range.Items.Count);
                return range.Slice(rangeFirst, rangeCount, rangeStep);
            case SequenceValue sequence and not ViewValue:
                var (first, count, step) = SliceRange.Of(slice, sequence.Items.Count);
                context.ChargeItems(count);
                var items = new object?[count];
                for (var i = 0; i < count; i++)
                {
                    items[i] = sequence.Items[(int)(first + (i * step))];
                }

                return value is TupleValue ? new TupleValue(items) : new ListValue(items);
            default:
                throw TemplateFault.Runtime($"'{TypeName.Of(value)}' object cannot be sliced");
        }
    }

    private static bool TryAttribute(object? value, string name, out object? found)
    {
        found = null;
        if (name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal) && value is not DictValue)
        {
            return false;
        }

        var method = value switch
        {
            string => StringMethods.Find(name),
            DictValue => CollectionMethods.FindForDict(name),
            ListValue => CollectionMethods.FindForList(name),
            SequenceValue and not ViewValue => CollectionMethods.FindForTuple(name),
            _ => null,
        };
        if (method is not null)
        {
            found = new BoundMethod(method, value!);
            return true;
        }

        if ((value is DictValue && CollectionMethods.ChangesDict(name)) || (value is ListValue && CollectionMethods.ChangesList(name)))
        {
            found = new Undefined($"access to attribute '{name}' of '{TypeName.Of(value)}' object is unsafe");
            return true;
        }

        return (value is ObjectValue other && other.TryGetAttribute(name, out found))
            || (value is TupleValue tuple && tuple.TryGetField(name, out found));
    }

    private static Undefined NoAttribute(object? value, string name) => new($"'{Describe(value)}' has no attribute '{name}'");

    private static Undefined NoElement(RenderContext context, object? value, object? index) =>
        new($"{Describe(value)} has no element {Text.Of(context, index)}");

    private static string Describe(object? value) => value is null ? "None" : $"{TypeName.Of(value)} object";
}
