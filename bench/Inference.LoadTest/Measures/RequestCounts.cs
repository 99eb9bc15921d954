namespace Inference.LoadTest.Measures;

/// <summary>How requests ended.</summary>
internal sealed record RequestCounts(int Completed, int Failed, int Cancelled, int Incomplete)
{
    public int All => Completed + Failed + Cancelled + Incomplete;
}
