using System.Text;
using Inference.Protocol.OpenAi;
using Inference.Protocol.OpenAi.Responses;
using Inference.Server.Background;
using Inference.Server.Parsing;
using Inference.Server.Streaming;

namespace Inference.Server.Responses;

/// <summary>
/// A response's output as it grows: what a choice gains becomes items (reasoning, messages, function calls), one open at a time, and events.
/// </summary>
/// <param name="events">Where the events go.</param>
/// <param name="parsing">Makes the ids of calls; null when none are looked for.</param>
/// <param name="logprobs">Writes log-probabilities; null when they were not asked for.</param>
internal sealed class ResponseOutput(ResponseEvents events, OutputParsing? parsing, LogprobFormat? logprobs)
{
    private const string InProgress = "in_progress";
    private const string OutputText = "output_text";

    private readonly List<ResponseItem> _items = [];
    private readonly StringBuilder _text = new();
    private readonly List<ChatTokenLogprob> _logprobs = [];
    private ResponseItem? _open;

    /// <summary>The items that are complete.</summary>
    public IReadOnlyList<ResponseItem> Items => _items;

    /// <summary>Takes what the choice has gained.</summary>
    public void Add(in ChoiceDelta delta)
    {
        if (delta.Parts is not { } parts)
        {
            AddText("message", delta.Text, delta.Tokens);
            return;
        }

        // What is said of tokens goes with the first piece of the text: they are of all of it.
        var tokens = delta.Tokens;
        foreach (var part in parts)
        {
            switch (part.Kind)
            {
                case MessagePartKind.Content:
                    AddText("message", part.Text, tokens);
                    tokens = null;
                    break;
                case MessagePartKind.Reasoning:
                    AddText("reasoning", part.Text, null);
                    break;
                case MessagePartKind.Call:
                    BeginCall(part.Text);
                    break;
                default:
                    AddArguments(part.Text);
                    break;
            }
        }
    }

    /// <summary>Nothing more comes.</summary>
    /// <param name="status">Of the item that is open: "completed" or "incomplete".</param>
    public void Finish(string status)
    {
        if (_items.Count == 0 && _open is null)
        {
            Begin("message");
        }

        Close(status);
    }

    private void AddText(string type, string text, IReadOnlyList<TokenText>? tokens)
    {
        if (text.Length == 0 && tokens is null)
        {
            return;
        }

        if (_open?.Type != type)
        {
            Begin(type);
        }

        _text.Append(text);
        var added = type == "message" ? logprobs?.ForChat(tokens)?.Content ?? [] : null;
        if (added is not null)
        {
            _logprobs.AddRange(added);
        }

        events.Send(OfPart(added is null ? "response.reasoning_text.delta" : "response.output_text.delta", text, added));
    }

    private void BeginCall(string name)
    {
        Close("completed");
        Open(new ResponseItem
        {
            Id = RandomId.Create("fc_"),
            Type = "function_call",
            Status = InProgress,
            CallId = parsing!.NewCallId(),
            Name = name,
            Arguments = "",
        });
    }

    private void AddArguments(string text)
    {
        _text.Append(text);
        events.Send(OfItem("response.function_call_arguments.delta") with { Delta = text });
    }

    private void Begin(string type)
    {
        Close("completed");
        Open(type == "message"
            ? new ResponseItem { Id = RandomId.Create("msg_"), Type = type, Status = InProgress, Role = "assistant", Content = [] }
            : new ResponseItem { Id = RandomId.Create("rs_"), Type = type, Status = InProgress, Summary = [], Content = [] });
        events.Send(OfPart("response.content_part.added") with { Part = Part() });
    }

    private void Open(ResponseItem item)
    {
        _open = item;
        _text.Clear();
        _logprobs.Clear();
        events.Send(OfOutput("response.output_item.added") with { Item = item });
    }

    private void Close(string status)
    {
        if (_open is not { } open)
        {
            return;
        }

        var closed = open with { Status = status };
        if (open.Type == "function_call")
        {
            closed = closed with { Arguments = _text.ToString() };
            events.Send(OfItem("response.function_call_arguments.done") with { Name = closed.Name, Arguments = closed.Arguments });
        }
        else
        {
            var part = Part();
            closed = closed with { Content = [part] };
            var type = open.Type == "message" ? "response.output_text.done" : "response.reasoning_text.done";
            events.Send(OfPart(type) with { Text = part.Text, Logprobs = part.Logprobs });
            events.Send(OfPart("response.content_part.done") with { Part = part });
        }

        events.Send(OfOutput("response.output_item.done") with { Item = closed });
        _items.Add(closed);
        _open = null;
    }

    private ResponseContentPart Part() => _open!.Type == "message"
        ? new ResponseContentPart(OutputText, _text.ToString()) { Annotations = [], Logprobs = [.. _logprobs] }
        : new ResponseContentPart("reasoning_text", _text.ToString());

    private ResponseEvent OfOutput(string type) => new(type, events.NextNumber()) { OutputIndex = _items.Count };

    private ResponseEvent OfItem(string type) => OfOutput(type) with { ItemId = _open!.Id };

    private ResponseEvent OfPart(string type, string? delta = null, IReadOnlyList<ChatTokenLogprob>? logprobs = null) =>
        new(type, events.NextNumber()) { OutputIndex = _items.Count, ItemId = _open!.Id, ContentIndex = 0, Delta = delta, Logprobs = logprobs };
}
