using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Runtime;

/// <summary>Iterating and counting values as Python does; every item costs a step.</summary>
internal static class Iteration
{
    /// <exception cref="TemplateFault">The value cannot be iterated.</exception>
    public static IEnumerable<object?> Enumerate(RenderContext context, object? value) => value switch
    {
        GeneratorValue generator => generator.Rest(), // charged by what it draws on
        _ => Charged(context, TryItems(value) ?? throw TemplateFault.Runtime($"'{TypeName.Of(value)}' object is not iterable")),
    };

    public static bool IsIterable(object? value) => value is GeneratorValue || TryItems(value) is not null;

    /// <summary>The number of items, or null for a value without one.</summary>
    public static long? TryCount(RenderContext context, object? value) => value switch
    {
        string text => CodePoints.Count(context, text),
        SequenceValue sequence => sequence.Items.Count,
        DictValue dict => dict.Items.Count,
        Undefined => 0,
        LoopValue loop => loop.Length,
        _ => null,
    };

    private static IEnumerable<object?>? TryItems(object? value) => value switch
    {
        string text => CodePoints.Split(text),
        SequenceValue sequence => sequence.Items,
        DictValue dict => dict.Items.Select(item => item.Key),
        Undefined => [],
        _ => null,
    };

    private static IEnumerable<object?> Charged(RenderContext context, IEnumerable<object?> items)
    {
        foreach (var item in items)
        {
            context.Charge(1);
            yield return item;
        }
    }
}
