using Inference.Engine;
using Inference.Server.Errors;
using Inference.Server.Serving;
using Inference.Server.Streaming;
using Inference.Server.Validation;

namespace Inference.Server.Admission;

/// <summary>Hands a generation's choices to the engine: all of them or none.</summary>
internal sealed class GenerationSubmitter(InferenceEngine engine, ServedModel model, RateLimits limits)
{
    /// <summary>Submits every choice.</summary>
    /// <returns>The running choices, to be disposed of.</returns>
    /// <exception cref="ApiException">429: the queue is full, or the client's limit is reached. 503: the server is about to stop, or the engine has failed.</exception>
    public ChoiceSet Submit(Generation generation, ClientIdentity client)
    {
        if (!client.IsBackground)
        {
            limits.Take(client, generation.PromptTokens);
        }

        var requests = generation.Choices.Select(request => request with
        {
            Client = client.Name,
            ClientWeight = client.Weight,
            Priority = client.IsBackground ? GenerationBuilder.MaxPriority : request.Priority,
        });
        var outcome = engine.TrySubmit([.. requests], out var streams);
        if (outcome != SubmitOutcome.Accepted)
        {
            throw Refused(outcome);
        }

        var choices = new List<Choice>(generation.Choices.Length);
        foreach (var answer in streams.SelectMany(stream => stream.Answers))
        {
            choices.Add(new Choice(choices.Count, answer, generation.Text, model));
        }

        return new ChoiceSet(choices);
    }

    private ApiException Refused(SubmitOutcome outcome) => outcome switch
    {
        SubmitOutcome.QueueFull => ApiErrors.QueueFull(),
        _ when engine.Completion.IsCompleted => ApiErrors.EngineFailed(model.Names[0]),
        _ => ApiErrors.ShuttingDown(),
    };
}
