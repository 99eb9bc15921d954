using Inference.Engine.Requests;
using Inference.Grammar;
using Inference.Grammar.Vocabulary;
using Inference.Server.Errors;
using Inference.Server.Serving;

namespace Inference.Server.Validation;

/// <summary>
/// Compiles what answers must look like, each constraint once, on threads of the HTTP side, with limits: the engine only ever sees the
/// result.
/// </summary>
internal sealed class ConstraintCompilation(ServedModel model, TimeProvider time)
{
    private const int Capacity = 64;

    // Not before somebody asks: reading a vocabulary's bytes takes a moment.
    private readonly Lazy<ConstraintCache> _cache = new(() => new ConstraintCache(
        Vocabulary(model), ConstraintLimits.Default, time, Capacity, Math.Max(1, Environment.ProcessorCount / 2)));

    /// <summary>The same generation, whose choices are held to its constraint.</summary>
    /// <exception cref="ApiException">400: the constraint cannot be compiled; says why and where.</exception>
    public async Task<Generation> ApplyAsync(Generation generation, CancellationToken cancellation)
    {
        if (generation.Constraint is not { } constraint)
        {
            return generation;
        }

        try
        {
            var compiled = await _cache.Value.GetAsync(constraint.Spec, cancellation);
            var answer = new GrammarConstraint(compiled.CreateState());
            ITokenConstraint shared = constraint.Frame is { } frame ? new FramedConstraint(answer, frame, model.EosTokenIds) : answer;
            return generation with { Choices = [.. generation.Choices.Select(choice => choice with { Sampling = choice.Sampling with { Constraint = shared } })] };
        }
        catch (ConstraintException exception)
        {
            throw ApiErrors.Invalid(constraint.Param, exception.Message);
        }
    }

    private static TokenVocabulary Vocabulary(ServedModel model)
    {
        var tokens = new byte[Math.Min(model.Tokenizer.VocabularySize, model.Limits.VocabularySize)][];
        for (var id = 0; id < tokens.Length; id++)
        {
            tokens[id] = model.Tokenizer.BytesOf(id);
        }

        return new TokenVocabulary(tokens, model.EosTokenIds, model.Limits.VocabularySize) { Encode = text => model.Tokenizer.Encode(text) };
    }
}
