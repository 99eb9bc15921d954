using System.Text;
using System.Text.RegularExpressions;
using Inference.Tokenization.Patterns;

namespace Inference.Tokenization.Tests.Patterns;

public sealed class PatternTests
{
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private const string Llama3 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Gpt4o =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
        + @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
        + @"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    [Theory]
    [InlineData("a|bc", "abcbb", "a,bc")]
    [InlineData("a+", "baaca", "aa,a")]
    [InlineData("a+?b", "aaab", "aaab")]
    [InlineData("a{2}", "aaaaa", "aa,aa")]
    [InlineData("a{1,3}", "aaaaa", "aaa,aa")]
    [InlineData("a{,2}b", "aaab", "aab")]
    [InlineData("a{x", "a{x", "a{x")]
    [InlineData("(?:ab){2,}", "abababxab", "ababab")]
    [InlineData("(?:ab)+?", "abab", "ab,ab")]
    [InlineData("a++a", "aaa", "")]
    [InlineData("(?>a+)b", "aab", "aab")]
    [InlineData("(?>a|ab)c", "abc", "")]
    [InlineData(@"\s+(?!\S)", "a   b  ", "  ,  ")]
    [InlineData(@"(?<=b)a", "aba", "a")]
    [InlineData(@"(?<!b)a", "aba", "a")]
    [InlineData(@"(?<=a+?|b{2})c", "bbc", "", "a lookbehind may take any length")]
    [InlineData(@"(?<=a{1,3})c", "aac c", "c")]
    [InlineData(@"\d(?=(?:\d{3})+(?!\d))", "1234567", "1,4")]
    [InlineData(@"\bx\b", "x xx x", "x,x")]
    [InlineData(@"^a|b$", "a\nab\nb", "a,a,b,b")]
    [InlineData(@"\Aa|a\z", "aaa", "a,a")]
    [InlineData("[^a-c]", "abxcd", "x,d")]
    [InlineData("[a&&b]", "ab", "")]
    [InlineData(@"[\w&&[^\d]]+", "ab12c", "ab,c")]
    [InlineData(@"[]a]+", "[a]b", "a]")]
    [InlineData(@"[a\]\-]+", "a]-b", "a]-")]
    [InlineData("[a-]+", "a-b", "a-")]
    [InlineData("[[:digit:]x]+", "1x2", "1x2")]
    [InlineData("(?i)straSSe", "STRAsse", "STRAsse")]
    [InlineData("(?i:'s)x", "'Sx'SX", "'Sx")]
    [InlineData("(?i:k)", "K\u212A", "K,\u212A")]
    [InlineData("(?x) a b # comment", "ab", "ab")]
    [InlineData(@"\x41\u0042\x{43}", "ABC", "ABC")]
    [InlineData(@"\p{Han}+", "日本語かな", "日本語")]
    [InlineData(@"\p{^L}+", "a12b", "12")]
    [InlineData(@"\P{L}+", "a12b", "12")]
    [InlineData("a(?:b|$)", "aab xa", "ab,a")]
    [InlineData("(a*)*b", "aab", "aab")]
    [InlineData("(a|b)*c", "abac", "abac")]
    [InlineData("a.c", "abc a\nc", "abc")]
    [InlineData("(?m:a.c)", "a\nc", "a\nc")]
    public void Match_OfAConstruct_IsOniguruma(string pattern, string text, string expected, string? error = null)
    {
        if (error is null)
            Assert.Equal(expected, string.Join(',', Matches(Pattern.Parse(pattern), text)));
        else
            Assert.Contains(error, Assert.Throws<PatternException>(() => Pattern.Parse(pattern)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(", "a group is not closed")]
    [InlineData("(a", "a group is not closed")]
    [InlineData("a)", "unmatched ')'")]
    [InlineData("[a", "the pattern ends too early")]
    [InlineData("*a", "nothing to repeat")]
    [InlineData("a{5,2}", "lower limit is over")]
    [InlineData("a{999999999999}", "too large")]
    [InlineData("(?:(?:a{1,999}b){1,999}c){1,999}", "the pattern is too large")]
    [InlineData(@"\p{Nonsense}", "'Nonsense' is not known")]
    [InlineData(@"\x{110000}", "not a hexadecimal code point")]
    [InlineData(@"(a)\1", @"\1 is not supported")]
    [InlineData("[z-a]", "reversed")]
    [InlineData(@"a\", "ends too early")]
    public void Parse_OfAMalformedPattern_SaysWhy(string pattern, string error)
    {
        Assert.Contains(error, Assert.Throws<PatternException>(() => Pattern.Parse(pattern)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_OfDeepNesting_IsRefused()
    {
        string pattern = new string('(', 100_000) + new string(')', 100_000);
        Assert.Contains("nested too deep", Assert.Throws<PatternException>(() => Pattern.Parse(pattern)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Gpt2, "𝔘𝔫𝔦 𠀀𠀁 😀😀 a", "𝔘𝔫𝔦, 𠀀𠀁, 😀😀, a")]
    [InlineData(Llama3, "𝔘x 𝟙𝟚𝟛𝟜 😀a", "𝔘x, ,𝟙𝟚𝟛,𝟜, 😀,a")]
    [InlineData(@".", "😀é", "😀,é")]
    [InlineData(@"[😀-😂]+", "😁😂😃", "😁😂")]
    public void Match_OutsideTheBasicPlane_SeesWholeCodePoints(string pattern, string text, string expected)
    {
        Assert.Equal(expected, string.Join(',', Matches(Pattern.Parse(pattern), text)));
    }

    [Theory]
    [InlineData(Gpt2)]
    [InlineData(Llama3)]
    [InlineData(Gpt4o)]
    [InlineData(@"\d(?=(?:\d{3})+(?!\d))|(?<=[a-c]{2})\w+?(?=\s|x)|[^\s\w]++")]
    [InlineData(@"(?:a|ab)(?:c|bcd)*?(?:d*)|(?>\w{2,4})\s")]
    public void Match_InTheBasicPlane_EqualsTheRuntimesRegex(string pattern)
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        // .NET knows neither possessive quantifiers nor Oniguruma's options; an atomic group says the same.
        var regex = new Regex(pattern.Replace(@"[^\s\w]++", @"(?>[^\s\w]+)", StringComparison.Ordinal), RegexOptions.CultureInvariant);
        Pattern parsed = Pattern.Parse(pattern);
        for (int round = 0; round < 2_000; round++)
        {
            string text = RandomText(random);
            Assert.Equal([.. regex.Matches(text).Select(match => match.Value)], Matches(parsed, text));
        }
    }

    [Fact]
    public void Match_OfALoopOverAMillionRounds_NeedsNoThreadStack()
    {
        string text = string.Concat(Enumerable.Repeat("ab", 500_000));
        Assert.Equal([text], Matches(Pattern.Parse("(?:a|b)+"), text));
        Assert.Equal([], Matches(Pattern.Parse("(?:ab)++b"), text[..20_000]));
    }

    private static string RandomText(Random random)
    {
        const string Alphabet = "abcdxZéßΩж日ァ1239 \t\n\r  '',.!()sStTlLvVrReE\u00A0\u0301٣";
        var text = new StringBuilder();
        for (int i = random.Next(40); i > 0; i--)
            text.Append(Alphabet[random.Next(Alphabet.Length)]);
        return text.ToString();
    }

    private static List<string> Matches(Pattern pattern, string text)
    {
        List<string> found = [];
        var matches = new MatchEnumerator(pattern, text);
        while (matches.TryNext(out int start, out int end))
            found.Add(text[start..end]);
        matches.Dispose();
        return found;
    }
}
