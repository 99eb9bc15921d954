namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>A value with attributes.</summary>
internal abstract class ObjectValue
{
    /// <summary>The Python type's name, for messages.</summary>
    public abstract string TypeName { get; }

    public virtual bool TryGetAttribute(string name, out object? value)
    {
        value = null;
        return false;
    }
}
