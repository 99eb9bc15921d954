using System.Text.Json;
using Inference.Protocol.OpenAi.Responses;
using Inference.Server.Background;
using Inference.Server.Errors;
using Inference.Server.Serving;
using Inference.Server.Validation;

namespace Inference.Server.Responses;

/// <summary>From the body of /v1/responses to what chat completions run, with the conversation before it.</summary>
internal sealed class ResponsePreparer(ModelRegistry models, ResponseStore store)
{
    private const string ContextLengthExceeded = "context_length_exceeded";

    /// <summary>Checks everything.</summary>
    /// <param name="body">The request.</param>
    /// <param name="owner">Whose responses may be gone on with.</param>
    /// <param name="cancellationToken">Ends compiling what the answer must look like.</param>
    /// <exception cref="ApiException">400 that names the field; 404 for what is not there.</exception>
    public async Task<PreparedResponse> PrepareAsync(CreateResponseRequest body, string owner, CancellationToken cancellationToken)
    {
        ResponseFields.Check(body);
        var decoder = models.Decoder(body.Model);
        try
        {
            var tools = ResponseTools.Read(body.Tools, body.ToolChoice);
            var text = ResponseText.Read(body.Text);
            List<JsonElement> input = [.. Previous(body, owner), .. new InputItems(id => store.FindItem(id, owner)).Read(body.Input)];
            ConversationWriter.CheckCalls(input);
            var chat = ResponseFields.ToChat(body, tools, text);
            var id = RandomId.Create("resp_");
            Generation Validate(IEnumerable<JsonElement> items) =>
                decoder.Chats.Validate(chat with { Messages = ConversationWriter.Write(body.Instructions, items) }, id);

            var generation = body.Truncation == "auto" ? Fit(input, Validate) : Validate(input);
            generation = await decoder.Constraints.ApplyAsync(generation, cancellationToken);
            return new PreparedResponse(decoder, generation, ResponseFields.ToResponse(body, generation, tools, text), input);
        }
        catch (ApiException exception)
        {
            throw ResponseFields.Rename(exception);
        }
        catch (InvalidOperationException)
        {
            // JSON can spell half a surrogate pair, and only reading the text as text shows it.
            throw ApiErrors.Invalid("input", "The request must be valid Unicode text.");
        }
    }

    private IEnumerable<JsonElement> Previous(CreateResponseRequest body, string owner)
    {
        if (body.PreviousResponseId is not { } id)
        {
            return [];
        }

        var record = store.Find(id, owner) ?? throw ApiErrors.NotFound("previous_response_id", "Previous response", id);
        return record.Response.Status is "completed" or "incomplete"
            ? record.Conversation
            : throw ApiErrors.Invalid("previous_response_id", $"The response of 'previous_response_id' is {record.Response.Status}: it cannot be gone on with.");
    }

    // Leaves out as few items from the beginning as it takes: bisection, for each try renders and tokenises what is left.
    private static Generation Fit(List<JsonElement> items, Func<IEnumerable<JsonElement>, Generation> validate)
    {
        if (Try(0) is { } whole)
        {
            return whole;
        }

        var (tooFew, enough) = (0, items.Count - 1);
        var longest = validate(From(items, enough));
        while (enough - tooFew > 1)
        {
            var middle = (tooFew + enough) / 2;
            if (Try(middle) is { } generation)
            {
                (enough, longest) = (middle, generation);
            }
            else
            {
                tooFew = middle;
            }
        }

        return longest;

        Generation? Try(int leftOut)
        {
            try
            {
                return validate(From(items, leftOut));
            }
            catch (ApiException exception) when (exception.Error.Code == ContextLengthExceeded)
            {
                return null;
            }
        }
    }

    // An answer without its call is left out, too.
    private static IEnumerable<JsonElement> From(List<JsonElement> items, int first)
    {
        var calls = items.Skip(first).Where(item => ConversationWriter.TypeOf(item) == "function_call")
            .Select(item => item.GetProperty("call_id").GetString()).ToHashSet();
        return items.Skip(first).Where(item =>
            ConversationWriter.TypeOf(item) != "function_call_output" || calls.Contains(item.GetProperty("call_id").GetString()));
    }
}
