using System.Numerics;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Runtime;

/// <summary>Python's names of types, for messages.</summary>
internal static class TypeName
{
    public static string Of(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        long or BigInteger => "int",
        double => "float",
        string => "str",
        ListValue => "list",
        TupleValue => "tuple",
        DictValue => "dict",
        RangeValue => "range",
        ViewValue view => view.TypeName,
        GeneratorValue => "generator",
        Undefined => "Undefined",
        SliceValue => "slice",
        ObjectValue other => other.TypeName,
        _ => value.GetType().Name,
    };
}
