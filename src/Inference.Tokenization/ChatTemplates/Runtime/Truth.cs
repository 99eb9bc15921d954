using System.Numerics;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Runtime;

/// <summary>Python's truth of values: zero, empty, None and undefined are false.</summary>
internal static class Truth
{
    public static bool Of(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        long number => number != 0,
        BigInteger number => !number.IsZero,
        double number => number != 0,
        string text => text.Length > 0,
        SequenceValue sequence => sequence.Items.Count > 0,
        DictValue dict => dict.Items.Count > 0,
        Undefined => false,
        _ => true,
    };
}
