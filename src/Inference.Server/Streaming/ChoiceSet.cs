using Inference.Engine.Requests;

namespace Inference.Server.Streaming;

/// <summary>The choices of one request, read together. Disposing of it cancels those that have not ended.</summary>
internal sealed class ChoiceSet(IReadOnlyList<Choice> choices) : IDisposable
{
    /// <summary>How many choices there are.</summary>
    public int Count => choices.Count;

    /// <summary>Tokens generated so far, all choices together.</summary>
    public int CompletionTokens => choices.Sum(choice => choice.CompletionTokens);

    /// <summary>Those of them that are reasoning.</summary>
    public int ReasoningTokens => choices.Sum(choice => choice.ReasoningTokens);

    /// <summary>When things happened to the first choice.</summary>
    public RequestTimings? FirstTimings => choices[0].Timings;

    /// <summary>Tokens of the first choice.</summary>
    public int FirstCompletionTokens => choices[0].CompletionTokens;

    /// <summary>Tokens of the prompts that were in the cache: of each prompt's first choice, for the prompt counts once.</summary>
    public int CachedTokens(int choicesPerPrompt) => choices.Where((_, index) => index % choicesPerPrompt == 0).Sum(choice => choice.CachedTokens);

    /// <summary>Waits for news of any choice, then gives all there is, until every choice has ended. The list is reused from batch to batch.</summary>
    public IAsyncEnumerable<IReadOnlyList<ChoiceDelta>> ReadAsync() => choices.Count == 1 ? ReadOneAsync(choices[0]) : ReadManyAsync();

    /// <summary>Asks the engine to end all of them, from any thread.</summary>
    public void Cancel()
    {
        foreach (var choice in choices)
        {
            choice.Cancel();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var choice in choices)
        {
            choice.Dispose();
        }
    }

    private static async IAsyncEnumerable<IReadOnlyList<ChoiceDelta>> ReadOneAsync(Choice choice)
    {
        var batch = new ChoiceDelta[1];
        while (!choice.IsFinished)
        {
            await choice.WaitAsync();
            batch[0] = choice.ReadReady();
            if (!batch[0].IsEmpty)
            {
                yield return batch;
            }
        }
    }

    private async IAsyncEnumerable<IReadOnlyList<ChoiceDelta>> ReadManyAsync()
    {
        var batch = new List<ChoiceDelta>(choices.Count);
        var running = choices.Select(choice => (Choice: choice, Wait: choice.WaitAsync().AsTask())).ToList();
        while (running.Count > 0)
        {
            await Task.WhenAny(running.Select(entry => entry.Wait));
            for (var i = 0; i < running.Count; i++)
            {
                var (choice, wait) = running[i];
                if (!wait.IsCompleted)
                {
                    continue;
                }

                await wait;
                var delta = choice.ReadReady();
                if (!delta.IsEmpty)
                {
                    batch.Add(delta);
                }

                running[i] = (choice, choice.IsFinished ? wait : choice.WaitAsync().AsTask());
            }

            running.RemoveAll(entry => entry.Choice.IsFinished);
            if (batch.Count > 0)
            {
                yield return batch;
                batch.Clear();
            }
        }
    }
}
