using System.Buffers;
using System.Runtime.InteropServices;
using Inference.Tokenization.Bpe;

namespace Inference.Tokenization;

/// <summary>Turns pieces into ids: from the cache, or by the model. Thread-safe.</summary>
/// <param name="model">The model.</param>
/// <param name="spellBytes">Whether pieces are to be spelled in the <see cref="ByteAlphabet"/> first.</param>
internal sealed class PieceEncoder(TokenModel model, bool spellBytes)
{
    private readonly PieceCache _cache = new();

    /// <summary>Appends the ids of a non-empty piece.</summary>
    public void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (spellBytes)
        {
            EncodeWhole(piece, ids);
            return;
        }
        // Without a pre-tokenizer a piece is a whole text: cut where the model allows, its words come from the cache.
        for (int length; piece.Length > 0; piece = piece[length..])
        {
            length = model.IndependentLength(piece);
            EncodeWhole(piece[..length], ids);
        }
    }

    private void EncodeWhole(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (_cache.TryGet(piece, out ReadOnlySpan<int> known))
        {
            ids.AddRange(known);
            return;
        }
        int first = ids.Count;
        if (spellBytes)
            EncodeSpelled(piece, ids);
        else
            model.Encode(piece, ids);
        _cache.Add(piece, CollectionsMarshal.AsSpan(ids)[first..]);
    }

    private void EncodeSpelled(ReadOnlySpan<char> piece, List<int> ids)
    {
        int most = ByteAlphabet.MaxSpelledLength(piece.Length);
        char[]? rented = most <= 256 ? null : ArrayPool<char>.Shared.Rent(most);
        Span<char> spelled = rented ?? stackalloc char[256];
        model.Encode(spelled[..ByteAlphabet.Spell(piece, spelled)], ids);
        if (rented is not null)
            ArrayPool<char>.Shared.Return(rented);
    }
}
