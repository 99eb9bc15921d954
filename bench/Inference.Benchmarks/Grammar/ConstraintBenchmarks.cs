using BenchmarkDotNet.Attributes;
using Inference.Grammar;
using Inference.Grammar.Vocabulary;
using Inference.Server.Serving;
using Inference.Tokenization;

namespace Inference.Benchmarks.Grammar;

/// <summary>
/// What a constraint costs a sequence for each token over SmolLM2's vocabulary: its mask, and to go on with a token. Answers are random
/// tokens that the masks allow: most places are seen for the first time, as no model's would be.
/// </summary>
public class ConstraintBenchmarks
{
    private const int AnswersPerOperation = 8;
    private const int MaxTokens = 100;

    private readonly List<int[]> _answers = [];
    private TokenVocabulary _vocabulary = null!;
    private CompiledConstraint _constraint = null!;
    private uint[] _mask = [];

    [ParamsAllValues]
    public ConstraintKind Constraint { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var tokenizer = Tokenizer.Load(Path.Combine(DefaultModel.Find(), "tokenizer.json"));
        _vocabulary = new TokenVocabulary([.. Enumerable.Range(0, tokenizer.VocabularySize).Select(tokenizer.BytesOf)], [0, 2], tokenizer.VocabularySize);
        _mask = new uint[_vocabulary.MaskLength];
        _constraint = Compile();
        var random = new Random(1);
        for (var i = 0; i < AnswersPerOperation; i++)
            _answers.Add(Answer(random));
    }

    [Benchmark]
    public CompiledConstraint Compile() => ConstraintCompiler.Compile(Spec(), _vocabulary, ConstraintLimits.Default, TimeProvider.System, CancellationToken.None);

    [Benchmark]
    public void AnswersSeenBefore() => Go(_constraint);

    [Benchmark]
    public void CompileAndAnswers() => Go(Compile());

    private void Go(CompiledConstraint constraint)
    {
        foreach (var answer in _answers)
        {
            var state = constraint.CreateState();
            foreach (var token in answer)
            {
                state.FillMask(_mask);
                state.Accept(token);
            }
        }
    }

    private int[] Answer(Random random)
    {
        var state = _constraint.CreateState();
        var tokens = new List<int>();
        while (tokens.Count < MaxTokens && !state.IsFinished)
        {
            state.FillMask(_mask);
            var allowed = Enumerable.Range(0, _vocabulary.Size).Where(id => (_mask[id >> 5] >> id & 1) != 0).ToArray();
            var token = allowed[random.Next(allowed.Length)];
            state.Accept(token);
            tokens.Add(token);
        }

        return [.. tokens];
    }

    private ConstraintSpec Spec() => Constraint switch
    {
        ConstraintKind.AnyJson => new ConstraintSpec.JsonObject(),
        ConstraintKind.Regex => new ConstraintSpec.Regex("([a-z]+ ?){1,50}"),
        ConstraintKind.Grammar => new ConstraintSpec.ContextFree("root ::= term ([-+*/] term)*\nterm ::= [0-9]+ | \"(\" root \")\""),
        _ => new ConstraintSpec.JsonSchema(
            """
            {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":0,"maximum":150},"email":{"type":"string","format":"email"},
            "tags":{"type":"array","items":{"type":"string","maxLength":40},"maxItems":5},"country":{"enum":["DE","FR","US","UK"]}},
            "required":["name","age","email","tags","country"],"additionalProperties":false}
            """),
    };
}
