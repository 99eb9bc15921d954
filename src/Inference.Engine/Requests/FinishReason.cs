namespace Inference.Engine.Requests;

/// <summary>Why a request ended. Every accepted request ends with exactly one of these.</summary>
public enum FinishReason
{
    /// <summary>The model produced an end-of-sequence or stop token, or the front end saw a stop string.</summary>
    Stop,

    /// <summary>The token limit of the request or of the model was reached.</summary>
    Length,

    /// <summary>The model asked for a tool to be called.</summary>
    ToolCalls,

    /// <summary>The client went away or asked for the request to be cancelled.</summary>
    Cancelled,

    /// <summary>The request can never run here (it needs more cache than there is, for example).</summary>
    Rejected,

    /// <summary>The request's deadline passed before it could begin.</summary>
    Expired,

    /// <summary>The executor failed while the request was running.</summary>
    Error,
}
