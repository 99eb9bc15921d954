namespace Inference.Engine.Scheduling;

/// <summary>How prompts and decodes share steps.</summary>
public enum PrefillMode
{
    /// <summary>Every decode is in every step, and prompts get what is left of the step's tokens.</summary>
    Chunked,

    /// <summary>A step has prompts or decodes. Decodes pause while prompts are computed, and get at least every other turn.</summary>
    Exclusive,
}
