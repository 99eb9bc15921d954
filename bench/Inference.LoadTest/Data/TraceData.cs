using Inference.Traces;

namespace Inference.LoadTest.Data;

/// <summary>Prompts and outputs of a trace's sizes, with the prefixes that its requests shared.</summary>
internal sealed class TraceData(IReadOnlyList<TraceRequest> trace, RandomDataOptions options) : IDataSet
{
    public int? Count => trace.Count;

    public Conversation Get(int index)
    {
        var request = trace[index % trace.Count];
        var ids = request.Prompt(index, options.Vocabulary.End - options.Vocabulary.First);
        for (var i = 0; i < ids.Length; i++)
            ids[i] += options.Vocabulary.First;
        return new Conversation(options.AsTokenIds
            ? new Turn(null, [.. ids], ids.Length, request.OutputLength)
            : new Turn(Words.Of(ids), null, ids.Length, request.OutputLength));
    }
}
