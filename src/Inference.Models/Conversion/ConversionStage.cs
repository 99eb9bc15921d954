namespace Inference.Models.Conversion;

/// <summary>What a conversion is busy with.</summary>
public enum ConversionStage
{
    /// <summary>Reading the model's files to recognise them.</summary>
    Identify,

    /// <summary>Checking a model converted before.</summary>
    Verify,

    /// <summary>Waiting for another process that converts the same model.</summary>
    Wait,

    /// <summary>Reading, dequantising and writing weights.</summary>
    Convert,
}
