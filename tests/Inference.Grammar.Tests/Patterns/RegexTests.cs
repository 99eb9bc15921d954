namespace Inference.Grammar.Tests.Patterns;

public sealed class RegexTests
{
    [Theory]
    [InlineData("a*b+c?", "aabb", true)]
    [InlineData("a*b+c?", "aac", false)]
    [InlineData("(ab){2,3}", "abab", true)]
    [InlineData("(ab){2,3}", "ab", false)]
    [InlineData("(ab){2,3}", "abababab", false)]
    [InlineData("(ab){2,}", "abababab", true)]
    [InlineData("a{0}", "", true)]
    [InlineData("[^a-c]", "d", true)]
    [InlineData("[^a-c]", "b", false)]
    [InlineData("[a\\]-]+", "a]-", true)]
    [InlineData(".", "\n", false)]
    [InlineData("[\\s\\S]", "\n", true)]
    [InlineData("(?:x|y)z", "yz", true)]
    [InlineData("(?<n>x)", "x", true)]
    [InlineData("\\u{1F600}", "😀", true)]
    [InlineData("\\ud83d\\ude00", "😀", true)]
    [InlineData("\\x41\\t\\.", "A\t.", true)]
    [InlineData("\\p{Lu}\\p{L}+", "Éa漢", true)]
    [InlineData("\\p{Lu}", "a", false)]
    [InlineData("\\P{L}", "1", true)]
    [InlineData("^a$|^b$", "b", true)]
    [InlineData("a^b", "ab", false)]
    [InlineData("(a*)*", "aaa", true)]
    [InlineData("a+?b", "aab", true)]
    [InlineData("", "", true)]
    [InlineData("|a", "", true)]
    [InlineData("a{", "a{", true)]
    public void Regex_Text_MatchesAsAWhole(string pattern, string text, bool isAllowed)
    {
        if (pattern == "a^b")
        {
            Assert.Contains("no answer", Constraints.Refusal(new ConstraintSpec.Regex(pattern)), StringComparison.Ordinal);
            return;
        }

        Assert.Equal(isAllowed, Constraints.Regex(pattern).Allows(text));
    }

    [Theory]
    [InlineData("(a")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("*a")]
    [InlineData("a**")]
    [InlineData("a{2,1}")]
    [InlineData("a{1")]
    [InlineData("a{999999999999}")]
    [InlineData("(?!a)")]
    [InlineData("(?<=a)")]
    [InlineData("(a)\\1")]
    [InlineData("\\bword")]
    [InlineData("[z-a]")]
    [InlineData("\\")]
    [InlineData("\\u12")]
    [InlineData("\\ud800")]
    [InlineData("\\p{Klingon}")]
    public void Regex_Malformed_IsRefused(string pattern) =>
        Assert.StartsWith("The regular expression", Constraints.Refusal(new ConstraintSpec.Regex(pattern)), StringComparison.Ordinal);

    [Fact]
    public void Regex_HalfASurrogatePair_IsRefused() => Assert.Contains("surrogate", Constraints.Refusal(new ConstraintSpec.Regex("a\ud800")), StringComparison.Ordinal);
}
