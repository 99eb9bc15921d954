namespace Inference.Tokenization.Normalization;

/// <summary>The Unicode normalization forms (UAX #15).</summary>
internal enum UnicodeForm
{
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
}
