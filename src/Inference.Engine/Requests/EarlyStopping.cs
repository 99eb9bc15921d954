namespace Inference.Engine.Requests;

/// <summary>When a beam search whose pool of finished texts is full ends, as <c>early_stopping</c> says in Hugging Face's generate.</summary>
public enum EarlyStopping
{
    /// <summary>When no open beam, ended as it is now, would be better than the worst of the pool (false).</summary>
    WhenWorse,

    /// <summary>At once (true).</summary>
    WhenFull,

    /// <summary>
    /// When no open beam could be better than the worst of the pool, even if everything up to the longest length cost nothing (never).
    /// </summary>
    Never,
}
