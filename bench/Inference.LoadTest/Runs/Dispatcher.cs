using System.Collections.Concurrent;
using Inference.LoadTest.Data;
using Inference.LoadTest.Http;

namespace Inference.LoadTest.Runs;

/// <summary>Takes conversations from the data set in order, and holds them: what is due is the load's to say.</summary>
internal sealed class Dispatcher
{
    private readonly LoadClient _client;
    private readonly IDataSet _data;
    private readonly RunClock _clock;
    private readonly RunPlan _plan;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _abort;
    private readonly ConcurrentQueue<RequestRecord> _records = new();
    private int _taken = -1;
    private int _failures;

    /// <param name="client">Sends.</param>
    /// <param name="data">What is sent.</param>
    /// <param name="clock">The run's time.</param>
    /// <param name="plan">How many, and which of them are given up.</param>
    /// <param name="stop">Cancelled here when too many have failed.</param>
    /// <param name="abort">Ends what is under way.</param>
    public Dispatcher(
        LoadClient client, IDataSet data, RunClock clock, RunPlan plan, CancellationTokenSource stop, CancellationToken abort) =>
        (_client, _data, _clock, _plan, _stop, _abort) = (client, data, clock, plan, stop, abort);

    public IReadOnlyCollection<RequestRecord> Records => _records;

    /// <summary>The next conversation; null when there were enough.</summary>
    public PreparedRequest? TryTake()
    {
        var index = Interlocked.Increment(ref _taken);
        if (index >= _plan.Requests)
            return null;

        var conversation = _data.Get(_plan.FirstIndex + index);
        var first = RequestOf(conversation, 0, [.. conversation.Opening]);
        return new PreparedRequest(index, conversation, first, _client.Endpoint.Body(first));
    }

    /// <summary>Sends a conversation's turns, one when the one before is answered; a turn that fails is the last.</summary>
    /// <param name="request">From <see cref="TryTake"/>.</param>
    /// <param name="intended">When the first is due.</param>
    /// <param name="stop">No further turn begins.</param>
    public async Task ConverseAsync(PreparedRequest request, long intended, CancellationToken stop)
    {
        var hasTokens = _client.Endpoint.Format.HasBody;
        var (turns, spec, body) = (request.Conversation.Turns, request.First, request.Body);
        for (var turn = 0; ; turn++)
        {
            var isLast = turn == turns.Length - 1;
            var record = new RequestRecord
            {
                Index = request.Index,
                Turn = turn,
                Intended = intended,
                AskedPromptTokens = hasTokens ? spec.InputTokens : 0,
                AskedOutputTokens = hasTokens ? spec.OutputTokens : 0,
                HasTokenIds = hasTokens && spec.TokenIds is not null,
            };
            var answer = await _client.SendAsync(body, record, CancelAfter(request.Index, turn), keepText: !isLast, _abort);
            _records.Enqueue(record);
            if (record.Outcome == RequestOutcome.Failed && Interlocked.Increment(ref _failures) >= _plan.MaxErrors)
                _stop.Cancel();
            if (isLast || record.Outcome != RequestOutcome.Completed || stop.IsCancellationRequested)
                return;

            spec = RequestOf(request.Conversation, turn + 1, [.. spec.Messages, ChatMessage.Assistant(answer.Text)]);
            body = _client.Endpoint.Body(spec);
            intended = _clock.Now;
        }
    }

    private static RequestSpec RequestOf(Conversation conversation, int turn, List<ChatMessage> before)
    {
        var next = conversation.Turns[turn];
        if (next.TokenIds is { } ids)
            return new RequestSpec([], ids, next.InputTokens, next.OutputTokens);

        before.Add(ChatMessage.User(next.Text!));
        return new RequestSpec([.. before], null, next.InputTokens, next.OutputTokens);
    }

    // By the request's number, so that the same ones are given up in every run.
    private int? CancelAfter(int index, int turn) =>
        _plan.CancelRate > 0 && new Random(unchecked((_plan.Seed * 486187739 + index) * 31 + turn)).NextDouble() < _plan.CancelRate
            ? _plan.CancelAfter
            : null;
}
