using System.Text;

namespace Inference.Grammar.Tests.Json;

/// <summary>Schemas at random, answers at random: every answer that ends is valid.</summary>
public sealed class RandomSchemaTests
{
    private const int Schemas = 1000;
    private const int AnswersPerSchema = 4;
    private const int MaxTokens = 3000;

    [Fact]
    public void Answers_OfRandomSchemas_AreValid()
    {
        var seed = Environment.TickCount;
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        int compiled = 0, answers = 0;
        for (var i = 0; i < Schemas; i++)
        {
            var random = new Random(seed + i);
            var schema = new RandomSchema(random).Create();
            var text = schema.ToJsonString();
            if (TryCompile(text) is not { } constraint)
                continue;
            compiled++;
            for (var j = 0; j < AnswersPerSchema; j++)
            {
                var answer = Generate(constraint, random);
                if (answer is null)
                    continue;
                answers++;
                Assert.True(new SchemaValidator(schema).IsValid(SchemaValidator.Read(answer)), $"seed {seed + i}\nschema {text}\nanswer {answer}");
            }
        }

        Assert.InRange(compiled, Schemas / 2, Schemas);
        Assert.InRange(answers, compiled * AnswersPerSchema * 9 / 10, int.MaxValue);
    }

    /// <summary>Null when nothing satisfies the schema, or a keyword is asked for more than is supported.</summary>
    private static CompiledConstraint? TryCompile(string schema)
    {
        try
        {
            return Constraints.Schema(schema);
        }
        catch (ConstraintException exception)
        {
            Assert.Matches("allows no answer|not supported|only supported|refers to itself|too large|too complex", exception.Message);
            return null;
        }
    }

    /// <summary>An answer of random tokens; null if it has not ended after many. With time, tokens that end things are preferred.</summary>
    private static string? Generate(CompiledConstraint constraint, Random random)
    {
        var state = constraint.CreateState();
        var bytes = new List<byte>();
        for (var i = 0; i < MaxTokens; i++)
        {
            var allowed = state.Allowed();
            Assert.NotEmpty(allowed);
            if (state.IsComplete && (state.IsFinished || random.Next(4) == 0))
                return Encoding.UTF8.GetString([.. bytes]);
            var token = Choose(allowed.Where(id => id != TestVocabulary.End).ToArray(), i, random);
            if (token < 0)
                return Encoding.UTF8.GetString([.. bytes]);
            Assert.True(state.Accept(token));
            bytes.AddRange(TestVocabulary.Bytes.Bytes(token));
        }

        return null;
    }

    private static int Choose(int[] allowed, int step, Random random)
    {
        if (allowed.Length == 0)
            return -1;
        var closing = allowed.Where(id => id < 256 && (char)id is '"' or ']' or '}').ToArray();
        return closing.Length > 0 && random.Next(100) < Math.Min(90, 20 + step)
            ? closing[random.Next(closing.Length)]
            : allowed[random.Next(allowed.Length)];
    }
}
