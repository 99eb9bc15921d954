namespace Inference.Models.Packed;

/// <summary>Where a packed checkpoint has the bits of a weight.</summary>
internal enum PackingMethod
{
    /// <summary>GPTQ (Frantar et al. 2023), as AutoGPTQ and GPTQModel store it: words along the inputs.</summary>
    Gptq,

    /// <summary>AWQ (Lin et al. 2024), as AutoAWQ stores it for GEMM: words along the outputs, in an order of their own.</summary>
    Awq,
}
