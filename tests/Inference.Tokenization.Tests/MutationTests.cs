using Inference.Tokenization.Tests.SentencePiece;

namespace Inference.Tokenization.Tests;

/// <summary>
/// Tokenizer files with bytes changed, cut, doubled or swapped: either they still load and work, or the error says what is
/// wrong.
/// </summary>
public sealed class MutationTests
{
    private const int Mutations = 200;
    private const long MostMemory = 512L << 20;

    // Every kind of part once.
    private const string Unigram = """
        {"version":"1.0","added_tokens":[{"id":1,"content":"<s>","special":true,"normalized":false,"lstrip":true},{"id":9,"content":"<x>"}],
         "normalizer":{"type":"Sequence","normalizers":[{"type":"Precompiled","precompiled_charsmap":"CAAAAAAAAAAAAAAAYQBiAA=="},{"type":"NFKC"},
           {"type":"Replace","pattern":{"Regex":" {2,}"},"content":"\u2581"}]},
         "pre_tokenizer":{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always","split":true},
         "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
           "special_tokens":{"<s>":{"id":"<s>","ids":[1],"tokens":["<s>"]}}},
         "decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"\u2581"},"content":" "},{"type":"ByteFallback"},
           {"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]},
         "model":{"type":"Unigram","unk_id":0,"byte_fallback":true,
           "vocab":[["<unk>",0],["<s>",0],["\u2581",-2.5],["a",-1],["b",-2],["ab",-2.25],["<0x41>",0],["\u2581a",-3]]}}
        """;

    [Fact]
    public void Load_OfAMutatedByteLevelFile_WorksOrSaysWhy() =>
        LoadMutated("tokenizer.json", File.ReadAllBytes(RepositoryFiles.Path("tests", "data", "zoo", "llama", "tokenizer.json")), seed: 1);

    [Fact]
    public void Load_OfAMutatedUnigramFile_WorksOrSaysWhy() =>
        LoadMutated("tokenizer.json", System.Text.Encoding.UTF8.GetBytes(Unigram), seed: 2);

    [Fact]
    public void Load_OfAMutatedSentencePieceFile_WorksOrSaysWhy() => LoadMutated(
        "tokenizer.model", SentencePieceModels.Write(SentencePieceModels.Llama2Pieces().Take(1000), SentencePieceModels.Bpe), seed: 3);

    private static void LoadMutated(string name, byte[] original, int seed)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, name);
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < Mutations; i++)
        {
            File.WriteAllBytes(path, Mutate(original, random));
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Tokenizer tokenizer = TokenizerFolder.Load(folder.Path).Tokenizer;
                tokenizer.Decode(tokenizer.Encode("<s> Hello  world, aabab é😀<x>", addSpecialTokens: true));
            }
            catch (TokenizerFormatException e)
            {
                refused++;
                Assert.Contains(name, e.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', e.Message);
            }
            catch (Exception e)
            {
                Assert.Fail($"Mutation {i} of seed {seed}: {e}");
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostMemory);
        }
        Assert.InRange(refused, 1, Mutations);
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        List<byte> bytes = [.. original];
        for (int n = random.Next(1, 4); n > 0 && bytes.Count > 0; n--)
        {
            int at = random.Next(bytes.Count);
            int length = random.Next(1, Math.Min(40, bytes.Count - at) + 1);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    // Another byte of the file: in text that makes new words of its own characters.
                    bytes[at] = bytes[random.Next(bytes.Count)];
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                default:
                    // Rarely, for hardly anything but "not valid JSON" comes of it.
                    if (random.Next(4) == 0)
                        bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }
        return [.. bytes];
    }
}
