using System.Text;

namespace Inference.Grammar.Tests;

/// <summary>Compiles constraints for tests and asks them about texts.</summary>
internal static class Constraints
{
    public static CompiledConstraint Compile(ConstraintSpec spec, ConstraintLimits? limits = null) =>
        ConstraintCompiler.Compile(spec, TestVocabulary.Bytes, limits ?? ConstraintLimits.Default, TimeProvider.System, TestContext.Current.CancellationToken);

    public static CompiledConstraint Schema(string schema) => Compile(new ConstraintSpec.JsonSchema(schema));

    public static CompiledConstraint Regex(string pattern) => Compile(new ConstraintSpec.Regex(pattern));

    public static CompiledConstraint Gbnf(string source) => Compile(new ConstraintSpec.ContextFree(source));

    public static string Refusal(ConstraintSpec spec) => Assert.Throws<ConstraintException>(() => Compile(spec)).Message;

    /// <summary>Whether a text is a whole answer.</summary>
    public static bool Allows(this CompiledConstraint constraint, string text)
    {
        var state = constraint.CreateState();
        return state.Accept(Encoding.UTF8.GetBytes(text)) && state.IsComplete;
    }

    /// <summary>Whether an answer may begin so.</summary>
    public static bool Begins(this CompiledConstraint constraint, string text) => constraint.CreateState().Accept(Encoding.UTF8.GetBytes(text));

    /// <summary>The tokens that a state allows.</summary>
    public static int[] Allowed(this ConstraintState state)
    {
        var mask = new uint[TestVocabulary.Bytes.MaskLength];
        state.FillMask(mask);
        return [.. Enumerable.Range(0, TestVocabulary.Bytes.Size).Where(id => (mask[id >> 5] >> id & 1) != 0)];
    }
}
