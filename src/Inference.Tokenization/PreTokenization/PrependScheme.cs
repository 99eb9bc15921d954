namespace Inference.Tokenization.PreTokenization;

/// <summary>Which pieces Metaspace puts its replacement character before.</summary>
internal enum PrependScheme
{
    Always,
    First,
    Never,
}
