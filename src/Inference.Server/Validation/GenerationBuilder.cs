using System.Collections.Frozen;
using System.Collections.Immutable;
using Inference.Engine.Requests;
using Inference.Protocol.OpenAi;
using Inference.Server.Errors;
using Inference.Server.Options;
using Inference.Server.Serving;
using Inference.Server.Serving.Lora;
using Inference.Server.Streaming;

namespace Inference.Server.Validation;

/// <summary>The checks that completions and chat completions share, and the <see cref="Generation"/> that comes out of them.</summary>
internal sealed class GenerationBuilder(ServedModel model, ServedAdapters adapters, ServerOptions options, TimeProvider time)
{
    /// <summary>The most choices (prompts times n) of one request.</summary>
    public const int MaxChoices = 1024;

    /// <summary>The priority that comes last.</summary>
    public const int MaxPriority = 1000;

    private const int MaxN = 128;
    private const int MaxStops = 64;
    private const int MaxStopLength = 1024;
    private const int MaxStopTokenIds = 1024;
    private const int MaxSaltLength = 256;
    private const double MaxDeadline = 86_400;

    /// <summary>Checks what needs no prompt, so that a bad request costs no tokenising.</summary>
    /// <exception cref="ApiException">400 that names a field.</exception>
    public GenerationSettings CheckSettings(GenerationRequestBody body, int? topLogprobs)
    {
        if (body.StreamOptions is not null && body.Stream != true)
        {
            throw ApiErrors.Invalid("stream_options", "'stream_options' is only allowed when 'stream' is true.");
        }

        if (body.CacheSalt is { Length: 0 or > MaxSaltLength })
        {
            throw ApiErrors.Invalid("cache_salt", $"'cache_salt' must have from 1 to {MaxSaltLength} characters.");
        }

        var n = Check.Range("n", body.N, 1, 1, MaxN);
        var beams = BeamSearchValidator.Validate(body, n, MaxN);
        var bestOf = beams is null ? Check.Range("best_of", body.BestOf, n, n, MaxN) : n;
        if (bestOf > n && body.Stream == true)
        {
            throw ApiErrors.Invalid("best_of", "'best_of' greater than 'n' is not allowed when 'stream' is true: which are best is known at the end.");
        }

        // Which are best is told by their log-probabilities.
        var sampling = SamplingValidator.Validate(body, topLogprobs ?? (bestOf > n ? 0 : null), model);
        var constraint = ResponseConstraintReader.Read(body);
        if (beams is not null && constraint is not null)
        {
            throw ApiErrors.Invalid(constraint.Param, $"'{constraint.Param}' is not supported with 'use_beam_search'.", "unsupported_parameter");
        }

        if (beams is not null)
        {
            sampling = sampling with { Temperature = 0, TopP = 1, TopK = 0, MinP = 0 };
        }

        return new GenerationSettings(n, bestOf, topLogprobs, sampling, BuildTextOptions(body))
        {
            PromptLogprobs = CheckPromptLogprobs(body),
            Beams = beams is { Width: > 1 } ? beams : null,
            Constraint = constraint,
            Priority = Check.Range("priority", body.Priority, 0, -MaxPriority, MaxPriority),
            Deadline = Deadline(body),
        };
    }

    /// <summary>How many alternatives to report: -1 asks for the whole vocabulary, null for nothing.</summary>
    /// <exception cref="ApiException">400: more than the server allows.</exception>
    public int? CheckLogprobs(string param, int? asked)
    {
        var vocabularySize = model.Limits.VocabularySize;
        var limit = options.MaxLogprobs == -1 ? vocabularySize : options.MaxLogprobs;
        return asked switch
        {
            null => null,
            -1 when limit >= vocabularySize => vocabularySize,
            _ => Math.Min(Check.Range(param, asked, 0, 0, limit), vocabularySize),
        };
    }

    private int? CheckPromptLogprobs(GenerationRequestBody body) => body.PromptLogprobs is not null && body.Stream == true
        ? throw ApiErrors.Invalid("prompt_logprobs", "'prompt_logprobs' is not allowed when 'stream' is true.")
        : CheckLogprobs("prompt_logprobs", body.PromptLogprobs);

    /// <summary>Puts the checked parts together: each prompt <see cref="GenerationSettings.BestOf"/> times.</summary>
    /// <param name="id">The answer's id.</param>
    /// <param name="body">The request.</param>
    /// <param name="settings">From <see cref="CheckSettings"/>.</param>
    /// <param name="prompts">At least one.</param>
    public Generation Build(
        string id,
        GenerationRequestBody body,
        GenerationSettings settings,
        ImmutableArray<PreparedPrompt> prompts)
    {
        var adapter = Adapter(body.Model);
        var requestsPerPrompt = settings.Beams is null ? settings.BestOf : 1;
        var choices = ImmutableArray.CreateBuilder<InferenceRequest>(prompts.Length * requestsPerPrompt);
        var promptLogprobs = EnginePromptLogprobs(settings);
        if (promptLogprobs is not null && settings.Beams is not null)
        {
            throw ApiErrors.Invalid("use_beam_search", "Beam search cannot be used with 'prompt_logprobs', nor with 'echo' and 'logprobs' together.");
        }

        foreach (var (tokenIds, maxTokens) in prompts)
        {
            if (settings.Text.MinTokens > maxTokens)
            {
                throw ApiErrors.Invalid("min_tokens", $"'min_tokens' must be at most the tokens to generate ({maxTokens}), not {settings.Text.MinTokens}.");
            }

            for (var i = 0; i < requestsPerPrompt; i++)
            {
                choices.Add(new InferenceRequest
                {
                    RequestId = id,
                    PromptTokenIds = tokenIds,
                    Sampling = WithSeedOf(settings.Sampling, i),
                    Beams = settings.Beams,
                    MaxTokens = maxTokens,
                    MinTokens = settings.Text.MinTokens,
                    StopTokenIds = settings.Text.StopTokenIds,
                    CacheSalt = body.CacheSalt,
                    Adapter = adapter,
                    PromptLogprobs = promptLogprobs,

                    // Where each computes the whole prompt, there is nothing to wait for.
                    PromptGroup = requestsPerPrompt > 1 && promptLogprobs is null ? $"{id}/{choices.Count / requestsPerPrompt}" : null,
                    Priority = settings.Priority,
                    Deadline = settings.Deadline,
                });
            }
        }

        var stream = body.Stream ?? false;
        var includeUsage = stream && (body.StreamOptions?.IncludeUsage ?? false);
        return new Generation
        {
            Id = id,
            Operation = body is ChatCompletionRequest ? "chat" : "text_completion",
            Model = body.Model ?? model.Names[0],
            Created = time.GetUtcNow().ToUnixTimeSeconds(),
            Stream = stream,
            IncludeUsage = includeUsage,
            ContinuousUsage = includeUsage && (body.StreamOptions?.ContinuousUsageStats ?? false),
            Fingerprint = model.Fingerprint,
            ServiceTier = body.ServiceTier is null ? null : "default",
            Prompts = prompts,
            PromptTokens = prompts.Sum(prompt => prompt.TokenIds.Length),
            Choices = choices.MoveToImmutable(),
            ChoicesPerPrompt = settings.BestOf,
            AnsweredPerPrompt = settings.N,
            TopLogprobs = settings.TopLogprobs,
            PromptLogprobs = settings.PromptLogprobs,
            IsPromptOnly = settings.IsPromptOnly,
            SpellsTokenIds = body.ReturnTokensAsTokenIds ?? false,
            Text = settings.Text,
            Constraint = settings.Constraint,
        };
    }

    // The name has led here, and so is the model's own or an adapter's; one that was unloaded since is gone.
    private Adapter? Adapter(string? name) => name is null || model.Names.Contains(name) ? null
        : adapters.Find(name)?.Adapter ?? throw ModelRegistry.NotFound(name);

    // An echoed prompt has as many alternatives as the text that follows it.
    private static int? EnginePromptLogprobs(GenerationSettings settings) =>
        settings is { IsEchoing: true, TopLogprobs: { } top } ? Math.Max(top, settings.PromptLogprobs ?? 0) : settings.PromptLogprobs;

    private static TimeSpan? Deadline(GenerationRequestBody body) =>
        body.Deadline is null ? null : TimeSpan.FromSeconds(Check.Positive("deadline", body.Deadline, 0, MaxDeadline));

    // With a seed, the choices of a prompt must differ and still be repeatable.
    private static SamplingParameters WithSeedOf(SamplingParameters sampling, int choice) =>
        sampling.Seed is { } seed && choice > 0 ? sampling with { Seed = unchecked(seed + (ulong)choice) } : sampling;

    private TextOptions BuildTextOptions(GenerationRequestBody body)
    {
        var stops = CheckStops(body.Stop);
        return new TextOptions
        {
            Stops = stops,
            Automaton = stops.IsEmpty ? null : new StopStringAutomaton(stops),
            IncludeStop = body.IncludeStopStrInOutput ?? false,
            SkipSpecialTokens = body.SkipSpecialTokens ?? true,
            IsReportingTokenIds = body.ReturnTokenIds ?? false,
            MinTokens = Check.Range("min_tokens", body.MinTokens, 0, 0, model.Limits.MaxModelLength),
            StopTokenIds = StopTokenIds(body),
        };
    }

    private static ImmutableArray<string> CheckStops(StopStrings? stop)
    {
        var stops = stop?.Values ?? [];
        if (stops.Length > MaxStops)
        {
            throw ApiErrors.Invalid("stop", $"'stop' may have at most {MaxStops} strings, not {stops.Length}.");
        }

        return stops.All(text => text.Length is > 0 and <= MaxStopLength)
            ? stops
            : throw ApiErrors.Invalid("stop", $"Each string of 'stop' must have from 1 to {MaxStopLength} characters.");
    }

    private FrozenSet<int> StopTokenIds(GenerationRequestBody body)
    {
        var asked = body.StopTokenIds ?? [];
        if (asked.Length > MaxStopTokenIds)
        {
            throw ApiErrors.Invalid("stop_token_ids", $"'stop_token_ids' may have at most {MaxStopTokenIds} ids, not {asked.Length}.");
        }

        var vocabularySize = model.Limits.VocabularySize;
        if (asked.Any(id => (uint)id >= (uint)vocabularySize))
        {
            throw ApiErrors.Invalid("stop_token_ids", $"'stop_token_ids' must be token ids from 0 to {vocabularySize - 1}.");
        }

        var own = body.IgnoreEos == true ? FrozenSet<int>.Empty : model.EosTokenIds;
        return asked.Length == 0 ? own : own.Union(asked).ToFrozenSet();
    }
}
