using System.Text;

namespace Inference.LoadTest.Data;

/// <summary>
/// Text of a known number of tokens, as far as that can be without the server's tokenizer: short English words, each of which is a token
/// of its own, with the space before it, in the vocabularies in use.
/// </summary>
internal static class Words
{
    private static readonly string[] All =
        ("the of and to in is that for it as was with be by on not he his but at are this have from or had an they which one you were her "
        + "all she there would their we him been has when who will more no if out so said what up its about into than them can only other "
        + "new some could time these two may then do first any my now such like our over man me even most made after also did many before "
        + "must through back years where much your way well down should because each just those people how too little state good very make "
        + "world still own see men work long get here between both life being under never day same another know while last might us great "
        + "old year off come since against go came right used take three").Split(' ');

    /// <summary>A word for each token id; equal ids are equal words.</summary>
    public static string Of(ReadOnlySpan<int> ids)
    {
        var text = new StringBuilder(ids.Length * 5);
        foreach (var id in ids)
            text.Append(text.Length == 0 ? "" : " ").Append(All[(int)((uint)id % (uint)All.Length)]);
        return text.ToString();
    }
}
