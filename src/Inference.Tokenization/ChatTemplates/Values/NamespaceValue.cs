namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>What <c>namespace()</c> gives: attributes that <c>set</c> may change from inside loops.</summary>
internal sealed class NamespaceValue(DictValue attributes) : ObjectValue
{
    public override string TypeName => "Namespace";

    public DictValue Attributes => attributes;

    public void Set(string name, object? value) => attributes.Set(name, value);

    public override bool TryGetAttribute(string name, out object? value) => attributes.TryGet(name, out value);
}
