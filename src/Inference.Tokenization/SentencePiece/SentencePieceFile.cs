using Inference.Tokenization.Loading;
using Inference.Tokenization.Normalization;

namespace Inference.Tokenization.SentencePiece;

/// <summary>
/// Reads a tokenizer.model: the protobuf message ModelProto of sentencepiece_model.proto, as far as it matters to
/// encoding.
/// </summary>
internal static class SentencePieceFile
{
    private const int UnigramType = 1;
    private const int BpeType = 2;

    /// <exception cref="TokenizerFormatException">The file cannot be read, is malformed or of a kind that is not supported.</exception>
    public static SentencePieceModel Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (FormatException e)
        {
            throw new TokenizerFormatException($"{path}: not a sentencepiece model: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerFormatException($"{path}: cannot be read ({e.Message})", e);
        }
    }

    private static SentencePieceModel Parse(ReadOnlySpan<byte> bytes)
    {
        List<ScoredPiece> pieces = [];
        // The defaults are those of the .proto file.
        var model = new SentencePieceModel { Pieces = pieces, IsUnigram = true, RemoveExtraWhitespaces = true, BosId = 1, EosId = 2 };
        var reader = new ProtobufReader(bytes);
        while (reader.TryReadField(out int number))
        {
            switch (number)
            {
                case 1:
                    if (pieces.Count == TokenizerReader.IdLimit)
                        throw new FormatException($"it has more than {TokenizerReader.IdLimit} pieces");
                    pieces.Add(ReadPiece(reader.ReadBytes(), pieces.Count));
                    break;
                case 2:
                    model = ReadTrainer(reader.ReadBytes(), model);
                    break;
                case 3:
                    model = ReadNormalizer(reader.ReadBytes(), model);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return pieces.Count > 0 ? model : throw new FormatException("it has no pieces");
    }

    private static ScoredPiece ReadPiece(ReadOnlySpan<byte> message, int id)
    {
        var piece = new ScoredPiece("", 0, PieceType.Normal);
        var reader = new ProtobufReader(message);
        while (reader.TryReadField(out int number))
        {
            switch (number)
            {
                case 1:
                    piece = piece with { Text = reader.ReadText() };
                    break;
                case 2:
                    piece = piece with { Score = reader.ReadFloat() };
                    break;
                case 3:
                    piece = piece with { Type = (PieceType)reader.ReadInteger() };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (!float.IsFinite(piece.Score))
            throw new FormatException($"the score of piece {id} is not a number");
        return Enum.IsDefined(piece.Type) ? piece : throw new FormatException($"piece {id} has the unknown type {(int)piece.Type}");
    }

    private static SentencePieceModel ReadTrainer(ReadOnlySpan<byte> message, SentencePieceModel model)
    {
        var reader = new ProtobufReader(message);
        while (reader.TryReadField(out int number))
        {
            switch (number)
            {
                case 3:
                    int type = reader.ReadInteger();
                    if (type is not (UnigramType or BpeType))
                        throw new FormatException($"model type {type} is not supported, only unigram and BPE");
                    model = model with { IsUnigram = type == UnigramType };
                    break;
                case 24 when reader.ReadInteger() != 0:
                    throw new FormatException("treat_whitespace_as_suffix is not supported");
                case 24:
                    break;
                case 41:
                    model = model with { BosId = IdOrNone(reader.ReadInteger()) };
                    break;
                case 42:
                    model = model with { EosId = IdOrNone(reader.ReadInteger()) };
                    break;
                case 43:
                    model = model with { PadId = IdOrNone(reader.ReadInteger()) };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return model;
    }

    private static SentencePieceModel ReadNormalizer(ReadOnlySpan<byte> message, SentencePieceModel model)
    {
        var reader = new ProtobufReader(message);
        while (reader.TryReadField(out int number))
        {
            switch (number)
            {
                case 2:
                    ReadOnlySpan<byte> rules = reader.ReadBytes();
                    model = model with
                    {
                        CharacterMap = rules.IsEmpty ? null
                            : CharacterMap.Parse(rules) ?? throw new FormatException("precompiled_charsmap does not fit its size"),
                    };
                    break;
                case 3:
                    model = model with { AddDummyPrefix = reader.ReadInteger() != 0 };
                    break;
                case 4:
                    model = model with { RemoveExtraWhitespaces = reader.ReadInteger() != 0 };
                    break;
                case 5 when reader.ReadInteger() == 0:
                    throw new FormatException("escape_whitespaces = false is not supported");
                case 5:
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        return model;
    }

    private static int? IdOrNone(int id) => id < 0 ? null : id;
}
