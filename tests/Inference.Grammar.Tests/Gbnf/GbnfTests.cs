namespace Inference.Grammar.Tests.Gbnf;

public sealed class GbnfTests
{
    private const string Arithmetic = """
        # Sums and products.
        root  ::= expr "=" ws num "\n"
        expr  ::= term ([-+*/] term)*
        term  ::= num | "(" ws expr ")" ws
        num   ::= [0-9]+ ws
        ws    ::= [ \t\n]*
        """;

    private const string LeftRecursive = """
        root ::= sum
        sum ::= sum "+" item | item
        item ::= "1"
          | "(" sum ")"
        """;

    [Theory]
    [InlineData(Arithmetic, "1+(2*3)=7\n", true)]
    [InlineData(Arithmetic, "1+(2*3=7\n", false)]
    [InlineData(LeftRecursive, "1+(1+1)+1", true)]
    [InlineData(LeftRecursive, "1+", false)]
    [InlineData("root ::= \"é\" [^é]{2,3} .", "éabc", true)]
    [InlineData("root ::= \"é\" [^é]{2,3} .", "éaéc", false)]
    [InlineData("root ::= (\"a\" | \"b\")? \"c\"+ # end", "bcc", true)]
    [InlineData("root ::= \"\\x41\\u00e9\\U0001F600\"", "Aé😀", true)]
    [InlineData("root ::= x x\nx ::= (\"a\"?)*", "aaa", true)]
    [InlineData("root ::= \"a\" root \"b\" |", "aabb", true)]
    [InlineData("root ::= \"a\" root \"b\" |", "aab", false)]
    public void Gbnf_Text_IsOfTheLanguage(string grammar, string text, bool isAllowed) => Assert.Equal(isAllowed, Constraints.Gbnf(grammar).Allows(text));

    [Theory]
    [InlineData("start ::= \"a\"", "root")]
    [InlineData("root ::= missing", "missing")]
    [InlineData("root ::= \"a\nroot ::= \"b\"", "line")]
    [InlineData("root ::= \"a\"\nroot ::= \"b\"", "twice")]
    [InlineData("root ::= (\"a\"", "no end")]
    [InlineData("root ::= [a", "no end")]
    [InlineData("root = \"a\"", "::=")]
    [InlineData("root ::= \"a\" }", "line 1")]
    [InlineData("root ::= a\na ::= b\nb ::= a \"x\" | \"y\"", "left-recursive")]
    [InlineData("root ::= \"a\" root", "no answer")]
    [InlineData("root ::= \"a\"{3,2}", "out of order")]
    [InlineData("", "root")]
    public void Gbnf_Malformed_IsRefused(string grammar, string expected) =>
        Assert.Contains(expected, Constraints.Refusal(new ConstraintSpec.ContextFree(grammar)), StringComparison.Ordinal);
}
