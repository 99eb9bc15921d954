using Inference.Engine;
using Inference.Engine.Requests;
using Inference.Protocol.OpenAi;
using Inference.Server.Errors;
using Inference.Server.Parsing;
using Inference.Server.Serving;
using Inference.Server.Validation;
using Inference.Tokenization;

namespace Inference.Server.Streaming;

/// <summary>
/// One running choice on the HTTP side: turns the engine's tokens into text and ends it at a stop string.
/// Disposing of it cancels it in the engine, unless it has ended.
/// </summary>
internal sealed class Choice : IDisposable
{
    private readonly int _index;
    private readonly RequestStream _stream;
    private readonly TextOptions _options;
    private readonly ServedModel _model;
    private readonly IncrementalDetokenizer _detokenizer;
    private readonly StopStringMatcher? _matcher;
    private readonly OutputParser? _parser;
    private readonly List<TokenText> _held = [];
    private List<int>? _tokenIds;
    private bool _isReported;
    private int _textLength;
    private int _releasedLength;

    /// <summary>For an accepted request.</summary>
    public Choice(int index, RequestStream stream, TextOptions options, ServedModel model)
    {
        _index = index;
        _stream = stream;
        _options = options;
        _model = model;
        _detokenizer = new IncrementalDetokenizer(model.Tokenizer, options.SkipSpecialTokens);
        _parser = options.Parsing?.CreateParser();
        _matcher = options.Automaton is { } automaton ? new StopStringMatcher(options.Stops, automaton, options.IncludeStop) : null;
    }

    /// <summary>Tokens read so far, the one that ended the choice included.</summary>
    public int CompletionTokens { get; private set; }

    /// <summary>Tokens of its prompt that were in the cache, once anything was read.</summary>
    public int CachedTokens => _stream.CachedTokens;

    /// <summary>Those of them that are reasoning.</summary>
    public int ReasoningTokens { get; private set; }

    /// <summary>When things happened to it; null if the engine never took it in.</summary>
    public RequestTimings? Timings => _stream.Timings;

    /// <summary>Whether the end was read.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>
    /// Waits until <see cref="ReadReady"/> has something to read. Not to be cancelled, for that would cost an allocation for each token:
    /// <see cref="Cancel"/> makes the engine send the end.
    /// </summary>
    /// <returns>False if it never will.</returns>
    public ValueTask<bool> WaitAsync() => _stream.Events.WaitToReadAsync(CancellationToken.None);

    /// <summary>Reads everything that is there, without waiting: at least one event, after <see cref="WaitAsync"/>.</summary>
    /// <exception cref="ApiException">The engine ended the request without a result.</exception>
    public ChoiceDelta ReadReady()
    {
        var text = "";
        ChoiceEnd? end = null;
        if (!_stream.Events.TryPeek(out _))
        {
            throw new InvalidOperationException("A request's events ended without a terminal event.");
        }

        TokenEvent token = default;
        while (end is null && _stream.Events.TryRead(out token))
        {
            // Nearly always there is one token, and nothing is concatenated.
            var piece = token.Outcome is { } outcome ? Finish(outcome, out end) : Append(token, out end);
            text += piece;
            Parse(piece, token.IsTerminal, ref end);
        }

        if (end is not null)
        {
            IsFinished = true;
            if (!token.IsTerminal)
            {
                // At a stop string, of which the engine does not know.
                _stream.Stop();
            }
        }

        _releasedLength += text.Length;
        var delta = new ChoiceDelta(_index, !_isReported, _parser is null ? text : "", TakeTokens(text.Length > 0, end is not null), end)
        {
            Parts = _parser?.Take(),
            TokenIds = TakeTokenIds(),
            PromptLogprobs = _isReported ? [] : _stream.PromptLogprobs,
        };
        _isReported |= !delta.IsEmpty;
        return delta;
    }

    /// <summary>Asks the engine to end it, from any thread: what is read last then is a failure, unless it ended before.</summary>
    public void Cancel() => _stream.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!IsFinished)
        {
            IsFinished = true;
            _stream.Cancel();
        }
    }

    private string Append(TokenEvent token, out ChoiceEnd? end)
    {
        end = null;
        CompletionTokens++;
        if (_options.IsReportingTokenIds)
        {
            (_tokenIds ??= []).Add(token.TokenId);
        }

        if (_options.StopTokenIds.Contains(token.TokenId) && !_options.IncludeStop)
        {
            // The terminal event follows; the token that stops the text is not part of it.
            return "";
        }

        var piece = _detokenizer.Append(token.TokenId);
        if (token.Logprobs is { } logprobs)
        {
            _held.Add(new TokenText(token.TokenId, piece, _textLength, logprobs));
        }

        _textLength += piece.Length;
        return Release(piece, out end);
    }

    private void Parse(string piece, bool isTerminal, ref ChoiceEnd? end)
    {
        if (_parser is null)
        {
            return;
        }

        _parser.Append(piece);
        ReasoningTokens += _parser.IsReasoning && !isTerminal ? 1 : 0;
        if (end is not null)
        {
            _parser.Finish();
            end = _parser.HasToolCalls && end.FinishReason == "stop" ? end with { FinishReason = "tool_calls" } : end;
        }
    }

    private List<int>? TakeTokenIds()
    {
        var taken = _tokenIds;
        _tokenIds = null;
        return taken;
    }

    // Tokens come with their text, and not before it is certain; those of a stop string that is no part of the text do not come.
    private List<TokenText>? TakeTokens(bool hasText, bool isEnd)
    {
        if (_held.Count == 0 || !(hasText || isEnd))
        {
            return null;
        }

        var isCut = isEnd && _releasedLength < _textLength;
        var count = _held.FindIndex(token => isCut ? token.Offset >= _releasedLength : token.Offset + token.Text.Length > _releasedLength);
        var taken = _held.GetRange(0, count < 0 ? _held.Count : count);
        _held.RemoveRange(0, taken.Count);
        return taken.Count > 0 ? taken : null;
    }

    private string Release(string piece, out ChoiceEnd? end)
    {
        end = null;
        if (_matcher is null)
        {
            return piece;
        }

        if (CompletionTokens < _options.MinTokens)
        {
            return _matcher.Skip(piece);
        }

        var released = _matcher.Append(piece);
        if (_matcher.Match is { } stop)
        {
            end = new ChoiceEnd("stop", new StopReason(stop, null));
        }

        return released;
    }

    private string Finish(RequestOutcome outcome, out ChoiceEnd? end)
    {
        var finishReason = outcome.Reason switch
        {
            FinishReason.Stop => "stop",
            FinishReason.Length => "length",
            FinishReason.ToolCalls => "tool_calls",
            FinishReason.Cancelled => throw ApiErrors.ShuttingDown(),
            FinishReason.Rejected => throw ApiErrors.Invalid(null, outcome.Error ?? "The request cannot run on this server."),
            FinishReason.Expired => throw ApiErrors.DeadlineExceeded(),
            _ => throw ApiErrors.Internal(),
        };
        CompletionTokens = outcome.CompletionTokens;
        var rest = Release(_detokenizer.Flush(), out end);
        end ??= new ChoiceEnd(finishReason, outcome.StopTokenId is { } id && !_model.EosTokenIds.Contains(id) ? new StopReason(null, id) : null);
        return rest + _matcher?.Flush();
    }
}
