using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Inference.Server.Telemetry;

/// <summary>What OpenTelemetry's conventions for generative AI have a server measure (gen_ai.server.*, gen_ai.client.token.usage).</summary>
internal sealed class GenAiMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Inference.GenAi";

    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _timeToFirstToken;
    private readonly Histogram<double> _timePerOutputToken;
    private readonly Histogram<long> _tokens;

    /// <summary>Creates the instruments, with the boundaries that the conventions advise.</summary>
    public GenAiMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        double[] durations = [.01, .02, .04, .08, .16, .32, .64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
        _duration = Seconds("gen_ai.server.request.duration", "Generative AI server request duration.", durations);
        _timeToFirstToken = Seconds(
            "gen_ai.server.time_to_first_token",
            "Time to generate first token for successful responses.",
            [.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10]);
        _timePerOutputToken = Seconds(
            "gen_ai.server.time_per_output_token",
            "Time per output token generated after the first token for successful responses.",
            [.01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5]);
        _tokens = meter.CreateHistogram(
            "gen_ai.client.token.usage",
            "{token}",
            "Number of input and output tokens used.",
            null,
            new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864] });

        Histogram<double> Seconds(string name, string description, double[] boundaries) =>
            meter.CreateHistogram(name, "s", description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = boundaries });
    }

    /// <summary>A request has ended.</summary>
    public void Finished(in GenerationRecord record)
    {
        var tags = new TagList
        {
            { "gen_ai.operation.name", record.Operation },
            { "gen_ai.provider.name", GenerationRecord.Provider },
            { "gen_ai.request.model", record.Model },
            { "gen_ai.response.model", record.Model },
        };
        if (record.Error is null)
        {
            RecordTimes(record, tags);
            _tokens.Record(record.PromptTokens, With(tags, "gen_ai.token.type", "input"));
            _tokens.Record(record.CompletionTokens, With(tags, "gen_ai.token.type", "output"));
            _duration.Record(record.Duration.TotalSeconds, tags);
        }
        else
        {
            _duration.Record(record.Duration.TotalSeconds, With(tags, "error.type", record.Error));
        }
    }

    private void RecordTimes(in GenerationRecord record, in TagList tags)
    {
        if (record.Phases is not { Queue: { } queue, Prefill: { } prefill, Decode: { } decode } phases)
        {
            return;
        }

        _timeToFirstToken.Record((queue + prefill).TotalSeconds, tags);
        if (phases.Tokens > 1)
        {
            _timePerOutputToken.Record(decode.TotalSeconds / (phases.Tokens - 1), tags);
        }
    }

    private static TagList With(TagList tags, string key, string value)
    {
        tags.Add(key, value);
        return tags;
    }
}
