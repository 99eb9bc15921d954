using System.Globalization;
using System.Text;

namespace Inference.Grammar.Tests;

/// <summary>What clients may send to hurt: a clear error, or an answer within the limits.</summary>
public sealed class HostileTests
{
    [Fact]
    public void Schema_OfAThousandLevels_IsRefused()
    {
        var schema = string.Concat(Enumerable.Repeat("{\"items\":", 1000)) + "{}" + new string('}', 1000);
        Assert.Contains("not valid JSON", Constraints.Refusal(new ConstraintSpec.JsonSchema(schema)), StringComparison.Ordinal);
    }

    [Fact]
    public void Schema_OfAChainOfReferences_Compiles()
    {
        var definitions = string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"d{i}\":{{\"type\":\"array\",\"items\":{{\"$ref\":\"#/$defs/d{i + 1}\"}}}}"));
        var schema = "{\"$ref\":\"#/$defs/d0\",\"$defs\":{" + definitions + ",\"d5000\":{\"type\":\"null\"}}}";
        Assert.True(Constraints.Schema(schema).Allows("[[[]]]"));
    }

    [Fact]
    public void Schema_OfAChainOfAlternatives_IsRefused()
    {
        var definitions = string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"d{i}\":{{\"anyOf\":[{{\"$ref\":\"#/$defs/d{i + 1}\"}}]}}"));
        var schema = "{\"$ref\":\"#/$defs/d0\",\"$defs\":{" + definitions + ",\"d5000\":{\"type\":\"null\"}}}";
        Assert.Contains("references and alternatives", Constraints.Refusal(new ConstraintSpec.JsonSchema(schema)), StringComparison.Ordinal);
    }

    [Fact]
    public void Schema_WhoseAlternativesMultiply_IsRefused()
    {
        var choice = """{"anyOf":[{"minLength":1},{"minLength":2},{"minLength":3},{"minLength":4}]}""";
        var schema = $$"""{"allOf":[{{string.Join(',', Enumerable.Repeat(choice, 20))}}]}""";
        Assert.Contains("alternatives", Constraints.Refusal(new ConstraintSpec.JsonSchema(schema)), StringComparison.Ordinal);
    }

    [Fact]
    public void Schema_OfAMegabyte_CompilesOrIsRefused()
    {
        var properties = string.Join(',', Enumerable.Range(0, 12_000).Select(i => $"\"property number {i}\":{{\"type\":\"string\",\"description\":\"what it is\"}}"));
        var schema = "{\"type\":\"object\",\"properties\":{" + properties + "},\"additionalProperties\":false}";
        try
        {
            Assert.True(Constraints.Schema(schema).Allows("{\"property number 11999\":\"\"}"));
        }
        catch (ConstraintException exception)
        {
            Assert.Contains("too", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Schema_TooLong_IsRefused()
    {
        var schema = "{\"description\":\"" + new string('x', 3 << 20) + "\"}";
        Assert.Contains("too long", Constraints.Refusal(new ConstraintSpec.JsonSchema(schema)), StringComparison.Ordinal);
    }

    /// <summary>Each of the places below the long name is remembered, and none of them with all of the name.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("\"$ref\":\"#there\",")]
    public void Schema_OfManyPlacesBelowALongName_TakesLittleMemory(string reference)
    {
        var values = string.Join(',', Enumerable.Range(0, 10_000));
        var schema = "{" + reference + "\"type\":\"object\",\"properties\":{\"" + new string('x', 20_000) + "\":{\"properties\":{\"a\":{\"enum\":[" + values + "]}},\"$anchor\":\"there\"}}}";
        var patient = ConstraintLimits.Default with { Timeout = TimeSpan.FromMinutes(2) };
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.True(Constraints.Compile(new ConstraintSpec.JsonSchema(schema), patient).Allows("{}"));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400L << 20);
    }

    [Fact]
    public void Enum_OfTenThousand_Compiles()
    {
        var values = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"value {i.ToString(CultureInfo.InvariantCulture)}\""));
        var constraint = Constraints.Schema($$"""{"enum":[{{values}}]}""");
        Assert.True(constraint.Allows("\"value 9999\""));
        Assert.False(constraint.Allows("\"value 10000\""));
    }

    [Theory]
    [InlineData("(a|b)*a(a|b){30}")]
    [InlineData("(a*)*b")]
    [InlineData("(a|a)*b")]
    [InlineData("([a-z]+)+[0-9]")]
    [InlineData("(.*a){12}")]
    public void Regex_ExponentialInOtherEngines_Compiles(string pattern)
    {
        var state = Constraints.Regex(pattern).CreateState();
        for (var i = 0; i < 200; i++)
        {
            Assert.NotEmpty(state.Allowed());
            Assert.True(state.Accept('a'));
        }
    }

    [Theory]
    [InlineData("((((a{1000}){1000}){1000}){1000})")]
    [InlineData("(((a?){1000}){1000}){1000}")]
    [InlineData("a{100000}{100000}")]
    public void Regex_ThatCountsTooFar_IsRefused(string pattern) =>
        Assert.StartsWith("The regular expression", Constraints.Refusal(new ConstraintSpec.Regex(pattern)), StringComparison.Ordinal);

    [Fact]
    public void Schema_WhosePatternsMustBeTakenApart_IsRefusedInTime()
    {
        var schema = """{"type":"object","patternProperties":{"(a|b)*a(a|b){30}$":{"type":"null"}},"additionalProperties":true}""";
        var limits = ConstraintLimits.Default with { MaxStates = 20_000 };
        var exception = Assert.Throws<ConstraintException>(() => Constraints.Compile(new ConstraintSpec.JsonSchema(schema), limits));
        Assert.Contains("too", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Anything_ThatTakesTooLong_IsRefused()
    {
        var limits = ConstraintLimits.Default with { Timeout = TimeSpan.FromTicks(1) };
        var exception = Assert.Throws<ConstraintException>(() => Constraints.Compile(new ConstraintSpec.Regex("(abcdefghij){1000}"), limits));
        Assert.Contains("takes longer", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parentheses_OfHundredThousandLevels_AreRefused()
    {
        var open = new string('(', 100_000);
        Assert.Contains("deeper", Constraints.Refusal(new ConstraintSpec.Regex(open)), StringComparison.Ordinal);
        Assert.Contains("deeper", Constraints.Refusal(new ConstraintSpec.ContextFree("root ::= " + open)), StringComparison.Ordinal);
    }

    [Fact]
    public void Grammar_ReadInManyWays_StaysSmall()
    {
        var state = Constraints.Gbnf("root ::= \"a\" root root | \"a\" root | \"a\"").CreateState();
        for (var i = 0; i < 150; i++)
        {
            Assert.True(state.Accept("a"u8));
            Assert.True(state.IsComplete);
        }
    }

    /// <summary>At each level there are two places to return to, and the levels that a text may have reached differ: stacks that share most of what they hold are united.</summary>
    [Fact]
    public async Task Grammar_WhoseStacksShareTheirBelow_IsFollowedAtOnce()
    {
        var state = Constraints.Gbnf("root ::= \"x\" root \"y\" | \"x\" root \"z\" | \"x\"*").CreateState();

        // Two ways at each of a hundred levels are more than anybody can go: only a hang would need the limit.
        var accepted = await Task.Run(() => state.Accept(Encoding.UTF8.GetBytes(new string('x', 100) + "yzyz")), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.True(accepted && state.IsComplete);
    }

    [Fact]
    public void Grammar_OfAChainOfRules_Compiles()
    {
        var rules = new StringBuilder("root ::= r0\n");
        for (var i = 0; i < 20_000; i++)
            rules.Append(CultureInfo.InvariantCulture, $"r{i} ::= r{i + 1}\n");
        Assert.True(Constraints.Gbnf(rules.Append("r20000 ::= \"x\"").ToString()).Allows("x"));
    }
}
