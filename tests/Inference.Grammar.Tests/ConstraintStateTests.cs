using System.Buffers;
using System.Text;
using Inference.Grammar.Vocabulary;

namespace Inference.Grammar.Tests;

public sealed class ConstraintStateTests
{
    private const string Person = """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":0,"maximum":150}},"required":["name","age"],"additionalProperties":false}""";

    [Fact]
    public void FillMask_AnyStateOfManyAnswers_IsWhatAcceptSays()
    {
        foreach (var spec in Specs())
        {
            var random = new Random(7);
            var constraint = Constraints.Compile(spec);
            for (var answer = 0; answer < 20; answer++)
            {
                var state = constraint.CreateState();
                for (var length = 0; length < 40 && !state.IsFinished; length++)
                {
                    var allowed = state.Allowed();
                    Assert.Equal(Enumerable.Range(0, TestVocabulary.Bytes.Size).Where(id => state.Fork().Accept(id)), allowed);
                    Assert.True(state.Accept(allowed[random.Next(allowed.Length)]));
                }
            }
        }
    }

    [Fact]
    public void Accept_TokenThatCannotFollow_ChangesNothing()
    {
        var state = Constraints.Regex("ab").CreateState();

        Assert.True(state.Accept('a'));
        Assert.False(state.Accept('a'));
        Assert.False(state.Accept(TestVocabulary.End));
        Assert.False(state.Accept(-1));
        Assert.False(state.Accept(1_000_000));
        Assert.True(state.Accept('b'));
        Assert.True(state.IsFinished);
    }

    [Fact]
    public void Accept_End_OnlyOfAWholeAnswer()
    {
        var state = Constraints.Regex("a*").CreateState();

        Assert.True(state.Accept('a'));
        Assert.True(state.IsComplete);
        Assert.False(state.IsFinished);
        Assert.True(state.Accept(TestVocabulary.End));
        Assert.True(state.IsFinished);
        Assert.Equal([TestVocabulary.End], state.Allowed());
        Assert.False(state.Accept('a'));
    }

    [Fact]
    public void Fork_GoesItsOwnWay()
    {
        var state = Constraints.Regex("a(b|c)d").CreateState();
        state.Accept('a');
        var fork = state.Fork();

        Assert.True(fork.Accept('b'));
        Assert.True(state.Accept('c'));
        Assert.True(fork.Accept('d'));
        Assert.True(state.Accept('d'));
    }

    [Fact]
    public void TryGetForced_NamesAndPunctuation_AreForced()
    {
        var state = Constraints.Schema(Person).CreateState();
        state.Accept("{\""u8);

        Assert.Equal("name\":", Forced(state));
        Assert.Equal("name\":", Forced(state));
        state.Accept("name\":\"x\",\""u8);
        Assert.Equal("age\":", Forced(state));
    }

    [Fact]
    public void TryGetForcedToken_OneTokenLeft_IsIt()
    {
        var state = Constraints.Regex("x[yz]").CreateState();

        Assert.True(state.TryGetForcedToken(out var token));
        Assert.Equal('x', token);
        state.Accept('x');
        Assert.False(state.TryGetForcedToken(out _));
        state.Accept('y');
        Assert.False(state.TryGetForcedToken(out _));
    }

    [Fact]
    public void TryGetForcedToken_TextThatMustCome_IsSpelledByTheTokenizerButForItsEnd()
    {
        byte[][] tokens = [[(byte)'{'], "na"u8.ToArray(), "me"u8.ToArray(), "n"u8.ToArray(), "ame"u8.ToArray(), "\":"u8.ToArray(), "\":1"u8.ToArray(), "\""u8.ToArray(), "1"u8.ToArray(), "2"u8.ToArray()];
        string?[] spelled = [null, "na", "me", "n", "ame", "\":", "\":1", "\"", "1", "2"];
        var vocabulary = new TokenVocabulary(tokens, [], tokens.Length) { Encode = Encode };
        var constraint = ConstraintCompiler.Compile(
            new ConstraintSpec.Regex("\\{\"name\":[12]"), vocabulary, ConstraintLimits.Default, TimeProvider.System, TestContext.Current.CancellationToken);
        var state = constraint.CreateState();

        var forced = new List<int>();
        while (state.TryGetForcedToken(out var token))
        {
            forced.Add(token);
            Assert.True(state.Accept(token));
        }

        // After the quote, "na" and "me"; the colon could become one token with what follows it.
        Assert.Equal([0, 7, 1, 2], forced);

        int[] Encode(string text)
        {
            var ids = new List<int>();
            while (text.Length > 0)
            {
                var id = Array.FindIndex(spelled, token => token is not null && text.StartsWith(token, StringComparison.Ordinal));
                if (id < 0)
                    return [0, 0];
                ids.Add(id);
                text = text[spelled[id]!.Length..];
            }

            return [.. ids];
        }
    }

    [Fact]
    public void FillMask_TokenThatSpansParts_IsAllowed()
    {
        var state = Constraints.Schema(Person).CreateState();
        state.Accept("{\"name\":\"x"u8);

        var allowed = state.Allowed().Select(id => Encoding.UTF8.GetString(TestVocabulary.Bytes.Bytes(id))).ToList();

        Assert.Contains("\", \"", allowed);
        Assert.Contains("\",", allowed);
        Assert.Contains("漢字", allowed);
        Assert.DoesNotContain("\"}", allowed);
        Assert.DoesNotContain("\n    ", allowed);
    }

    [Fact]
    public void FillMask_HalfACharacter_OnlyItsRest()
    {
        var state = Constraints.Schema("""{"type":"string","maxLength":1}""").CreateState();
        state.Accept("\""u8);

        Assert.True(state.Accept([0xE6, 0xBC]));
        Assert.Equal(Enumerable.Range(0x80, 64), state.Allowed().Where(id => id < 256));
        Assert.True(state.Accept([0xA2, (byte)'"']));
        Assert.True(state.IsFinished);
    }

    [Fact]
    public void FillMask_NestedAsDeepAsAllowed_CanStillEnd()
    {
        var constraint = Constraints.Compile(new ConstraintSpec.JsonSchema("{}"), ConstraintLimits.Default with { MaxDepth = 8 });
        var state = constraint.CreateState();
        var depth = 0;
        while (state.Accept("["u8))
            depth++;

        Assert.InRange(depth, 4, 9);
        Assert.True(state.Accept(Encoding.UTF8.GetBytes(new string(']', depth))));
        Assert.True(state.IsFinished);
    }

    private static string Forced(ConstraintState state)
    {
        var bytes = new ArrayBufferWriter<byte>();
        Assert.True(state.TryGetForced(bytes));
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static IEnumerable<ConstraintSpec> Specs() =>
    [
        new ConstraintSpec.JsonObject(),
        new ConstraintSpec.JsonSchema(Person),
        new ConstraintSpec.JsonSchema("""{"type":"string","minLength":3,"maxLength":30}"""),
        new ConstraintSpec.JsonSchema("""{"type":"string","pattern":"a.{4}$"}"""),
        new ConstraintSpec.JsonSchema("""{"type":"array","items":{"anyOf":[{"type":"number"},{"enum":["ab","abc"]}]}}"""),
        new ConstraintSpec.Regex("[a-z]+( [a-z]+){0,3}"),
        new ConstraintSpec.Choice(["the", "the name", "abc"]),
        new ConstraintSpec.ContextFree("root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"aaaa\""),
    ];
}
